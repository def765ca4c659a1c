"""Divisions and departments as data: read the published code list, make rows, keep paths right.

Loading twice changes nothing; a name that changed in the list is updated, nothing is ever deleted.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from accounts.models import Department, Division, DivisionAlias, DivisionKind, Tier

DATA = Path(__file__).parent / "data"
DEFAULT_REGIME = "heilongjiang"
KINDS = {
    "省级": DivisionKind.PROVINCE,
    "地级市": DivisionKind.PREFECTURE,
    "地区": DivisionKind.PREFECTURE,
    "市辖区": DivisionKind.DISTRICT,
    "县": DivisionKind.COUNTY,
    "县级市": DivisionKind.COUNTY_CITY,
    "自治县": DivisionKind.BANNER,
}
NATIONALITIES = ("蒙古族", "达斡尔族", "朝鲜族", "满族", "鄂伦春族")


@dataclass(frozen=True, slots=True)
class Loaded:
    divisions: int
    aliases: int
    departments: int


def load(folder: Path = DATA) -> Loaded:
    """Create or update divisions, aliases and standard departments from the CSV files in `folder`."""
    with transaction.atomic():
        rows = _rows(folder / "heilongjiang-divisions.csv")
        made = [_division(row) for row in sorted(rows, key=lambda r: (_tier(r), r["code6"]))]
        Division.objects.bulk_create(
            made,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "short_name", "kind", "is_official"],
        )
        aliases = [
            DivisionAlias(name=row["name"], division_id=row["code"], note=row["note"])
            for row in _rows(folder / "aliases.csv")
        ]
        DivisionAlias.objects.bulk_create(aliases, ignore_conflicts=True)
        departments = list(_departments(_rows(folder / "departments.csv"), made))
        Department.objects.bulk_create(departments, ignore_conflicts=True, batch_size=1000)
    return Loaded(len(made), len(aliases), len(departments))


def short_name(name: str) -> str:
    """肇源县 → 肇源, 大兴安岭地区 → 大兴安岭, 杜尔伯特蒙古族自治县 → 杜尔伯特; 郊区 stays 郊区."""
    name = name.replace("高新技术产业开发区", "高新区")
    if name.endswith("高新区"):
        return name
    for ending in ("自治县", "地区", "省", "市", "县", "区"):
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            name = name[: -len(ending)]
            break
    for people in NATIONALITIES:
        name = name.removesuffix(people)
    return name


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _tier(row: dict[str, str]) -> Tier:
    if not row["parent_code"]:
        return Tier.PROVINCE
    return Tier.CITY if row["code6"].endswith("00") else Tier.COUNTY


def _division(row: dict[str, str]) -> Division:
    code, tier = row["code6"], _tier(row)
    province = code[:2] + "0000"
    city = row["parent_code"] if tier is Tier.COUNTY else code if tier is Tier.CITY else ""
    chain = [province] + ([city] if city else []) + ([code] if tier is Tier.COUNTY else [])
    return Division(
        code=code,
        name=row["name"],
        short_name=short_name(row["name"]),
        kind=KINDS.get(row["type"], DivisionKind.ZONE),
        tier=tier,
        parent_id=row["parent_code"] or None,
        path="/" + "/".join(chain) + "/",
        province_code=province,
        city_code=city,
        county_code=code if tier is Tier.COUNTY else "",
        regime_code=DEFAULT_REGIME if tier is Tier.PROVINCE else "",
        is_official=row["is_official_gb2260"] == "1",
        reports_ledger=tier is not Tier.PROVINCE,
    )


def _departments(rows: list[dict[str, str]], divisions: list[Division]) -> Iterator[Department]:
    column = {Tier.PROVINCE: "province_name", Tier.CITY: "city_name", Tier.COUNTY: "county_name"}
    for division in divisions:
        for row in rows:
            yield Department(
                division=division,
                code=row["code"],
                name=division.name + row[column[Tier(division.tier)]],
                short_name=row["short_name"],
                duties=row["duties"].split(),
                factors=row["factors"].split(),
            )


def regime_code_of(division: Division) -> str:
    """Regime of the division: its own, else that of the nearest one above, else the default."""
    return division.regime_code or regime_codes_of([division])[division.pk]


def regime_codes_of(divisions: Iterable[Division]) -> dict[str, str]:
    """`regime_code_of` for many, by code, in one statement."""
    chains = {division.pk: [code for code in division.path.split("/") if code] for division in divisions}
    wanted = {code for chain in chains.values() for code in chain}
    found = dict(
        Division.objects.filter(code__in=wanted).exclude(regime_code="").values_list("code", "regime_code")
    )
    return {
        pk: next((found[code] for code in reversed(chain) if code in found), DEFAULT_REGIME)
        for pk, chain in chains.items()
    }
