"""What must hold in a catalogue, and its table: what is written reads back the same, faults are told by cell."""

from collections.abc import Sequence
from typing import Any

from approvals.catalogue.sheet import COLUMNS, Departments, Formula, read_table, table_of
from approvals.catalogue.spec import ItemSpec, cycle, faults_of

OFFICES = Departments(
    {"housing": "住建局"}, {"housing": "housing", "住建局": "housing", "住房和城乡建设局": "housing"}
)


def spec(code: str, **fields: Any) -> ItemSpec:
    values = {"name": f"事项{code}", "stage": "construction_permit", "department_code": "housing"}
    return ItemSpec(code=code, **(values | fields))


def table(*specs: ItemSpec) -> list[list[Any]]:
    return [["某市审批服务事项目录"], *table_of(specs, OFFICES)]


def cell(rows: list[list[Any]], line: int, heading: str, value: Any) -> list[list[Any]]:
    place = [column.heading for column in COLUMNS].index(heading)
    rows[line][place] = value
    return rows


def told(rows: Sequence[Sequence[Any]]) -> list[tuple[str, str]]:
    return [(fault.cell, fault.column) for fault in read_table(rows, OFFICES).faults]


def test_what_is_written_reads_back() -> None:
    specs = [
        spec("SG01", statutory_days=15, extra_days=5, basis="《办法》", promised_days=7, green_days=3),
        spec(
            "SG02",
            statutory_days=7,
            statutory_unit="calendar_days",
            prerequisites=("SG01",),
            materials=("甲", "乙"),
        ),
        spec("SG03", kind="immediate", project_kinds=("filed", "government"), is_control=True, usual=False),
    ]
    read = read_table(table(*specs), OFFICES)
    assert read.faults == []
    assert read.specs == specs


def test_faults_are_told_by_cell() -> None:
    one = spec("SG01", statutory_days=15)
    assert told(cell(table(one), 2, "法定时限", "十五")) == [("F3", "法定时限")]
    assert told(cell(table(one), 2, "责任部门", "县医院")) == [("E3", "责任部门")]
    assert told(cell(table(one), 2, "事项名称", "")) == [("B3", "事项名称")]
    assert told(cell(table(one), 2, "法定时限", Formula("=1+1"))) == [("F3", "法定时限")]
    assert told(cell(table(one), 2, "前置事项", "XX99")) == [("O3", "前置事项")]
    assert told(cell(table(one), 2, "法定时限单位", "")) == [("G3", "法定时限单位")]
    assert told(table(one, one)) == [("A4", "事项编码")]
    assert told([["随便"], ["什么"]]) == [("A1", "")]


def test_limits_and_prerequisites_that_cannot_be() -> None:
    def fields(*specs: ItemSpec) -> list[str]:
        return [fault.field for fault in faults_of(specs)]

    assert fields(spec("A", statutory_days=10, promised_days=11)) == ["promised_days"]
    # 14 calendar days are ten working days
    assert fields(spec("A", statutory_days=14, statutory_unit="calendar_days", promised_days=10)) == []
    assert fields(spec("A", promised_days=5, green_days=6)) == ["green_days"]
    assert fields(spec("A", kind="immediate", promised_days=1)) == ["promised_days"]
    assert fields(spec("A", extra_days=3)) == ["extra_days"]
    assert fields(spec("A", prerequisites=("A",))) == ["prerequisites"]
    assert fields(spec("A", prerequisites=("B",)), spec("B", prerequisites=("A",))) == ["prerequisites"]
    assert cycle({"a": ["b"], "b": ["c"], "c": []}) == []
    later = spec("B", stage="completion_acceptance")
    assert fields(spec("A", prerequisites=("B",)), later) == ["prerequisites"]
