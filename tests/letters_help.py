"""A county, its city and the province with one project, an approval the organ is late with and one the enterprise has."""

from datetime import date
from typing import Any

from accounts.clock import local_date
from accounts.models import Division, User
from accounts.permissions import Role
from approvals.checklist.models import ChecklistItem
from supervision.letters import grounds, services
from supervision.letters.drafting import starting_words
from supervision.letters.grounds import Ground
from supervision.letters.models import SupervisionPaper
from tests import build, checklist_help
from tests.build import at

AUTHORITY = {
    "authority": "黑龙江省人民政府",
    "authority_number": "黑政办〔2026〕8号",
    "authority_on": date(2026, 1, 12),
}


class Town:
    """Monday 28 September 2026 is the day it is laid for. LX05 (limit 5 working days) was accepted on 1 September and
    is due on the 8th; LX14 (20 days) waits since the 3rd for papers of the enterprise."""

    def __init__(self) -> None:
        self.people: dict[str, User] = build.cast()
        for name, unit in (("county", "230622"), ("city", "230600")):
            self.people[f"{name}_head"] = build.user(
                f"t-{name}-head", Role.OFFICE_HEAD, unit, name=f"{unit}主任"
            )
        self.people["land"] = build.user(
            "t-land", Role.LEAD_DEPARTMENT, "230622", department="natural_resources", name="田科长"
        )
        self.people["leader"] = build.user("t-leader", Role.PACKAGE_LEADER, "230622", name="包保领导")
        self.project = build.project(
            company=build.company(), planned={"land_planning_permit": date(2026, 9, 11)}
        )
        office = self.people["county"]
        checklist_help.catalogue()
        checklist_help.checklist(self.project, office)
        for code in ("QY01", "LX01"):
            checklist_help.decide(self.project, code, "2026-08-28", office)
        for code in ("LX05", "LX14"):
            checklist_help.step(self.project, code, "submit", "2026-09-01", office)
            checklist_help.step(self.project, code, "accept", "2026-09-01", office)
        checklist_help.step(
            self.project, "LX14", "ask_supplement", "2026-09-03", office, missing=["勘测定界报告"]
        )

    def unit(self, code: str) -> Division:
        return Division.objects.get(pk=code)

    def item(self, code: str = "LX05") -> ChecklistItem:
        return checklist_help.item(self.project, code)

    def ground(self, code: str = "LX05", on: str = "2026-09-28", who: str = "county") -> Ground:
        found = grounds.find(self.people[who], "item", self.item(code).pk, date.fromisoformat(on))
        assert found is not None
        return found

    def draft(
        self,
        who: str = "county",
        ground: Ground | None = None,
        moment: str = "2026-09-28 09:00",
        **words: Any,
    ) -> SupervisionPaper:
        """A draft of the person's own unit with the words it begins with."""
        person = self.people[who]
        unit = person.postings.get().division
        ground = ground or self.ground(on=moment[:10], who=who)
        values = starting_words(ground, unit, local_date(at(moment)), person) | {
            "contact_phone": "0459-8222222"
        }
        if who.startswith("province"):
            values |= AUTHORITY
        return services.draft_paper(ground=ground, unit=unit, values=values | words, by=person, at=at(moment))

    def signed(self, who: str = "county", moment: str = "2026-09-28 10:00", **more: Any) -> SupervisionPaper:
        paper = self.draft(who, moment=more.pop("drafted", "2026-09-28 09:00"), **more)
        head = self.people["province_head" if who == "province" else f"{who}_head"]
        return services.sign_paper(paper=paper, row_version=paper.row_version, by=head, at=at(moment))

    def issued(self, who: str = "county", moment: str = "2026-09-28 11:00", **more: Any) -> SupervisionPaper:
        return services.issue_paper(paper=self.signed(who, **more), by=self.people[who], at=at(moment))
