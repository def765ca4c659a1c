"""Industries: the 20 sections of GB/T 4754-2017 and the province's "4567" list, as data (domain.md §3.7)."""

from django.utils.translation import gettext_lazy as _

SECTIONS: list[tuple[str, object]] = [
    ("A", _("Agriculture, forestry, animal husbandry and fishery")),
    ("B", _("Mining")),
    ("C", _("Manufacturing")),
    ("D", _("Electricity, heat, gas and water supply")),
    ("E", _("Construction (industry)")),
    ("F", _("Wholesale and retail")),
    ("G", _("Transport, storage and post")),
    ("H", _("Accommodation and catering")),
    ("I", _("Information transmission, software and IT services")),
    ("J", _("Finance")),
    ("K", _("Real estate")),
    ("L", _("Leasing and business services")),
    ("M", _("Scientific research and technical services")),
    ("N", _("Water conservancy, environment and public facilities")),
    ("O", _("Resident services, repair and other services")),
    ("P", _("Education")),
    ("Q", _("Health and social work")),
    ("R", _("Culture, sports and entertainment")),
    ("S", _("Public administration, social security and social organisations")),
    ("T", _("International organisations")),
]

# Group → [(code, label)]. The codes are stored; the labels are the words of the provincial plan.
GROUPS_4567: list[tuple[object, list[tuple[str, object]]]] = [
    (
        _("4 new engines"),
        [
            ("digital", _("Digital economy")),
            ("bio", _("Bioeconomy")),
            ("ice_snow", _("Ice and snow economy")),
            ("creative", _("Creative design")),
        ],
    ),
    (
        _("5 strategic emerging industries"),
        [
            ("aerospace", _("Aerospace")),
            ("electronics", _("Electronic information")),
            ("new_materials", _("New materials")),
            ("high_end_equipment", _("High-end equipment")),
            ("farm_machinery", _("Farm machinery")),
        ],
    ),
    (
        _("6 traditional industries"),
        [
            ("energy", _("Energy")),
            ("chemicals", _("Chemicals")),
            ("food", _("Food")),
            ("pharmaceuticals", _("Pharmaceuticals")),
            ("automobiles", _("Automobiles")),
            ("light_industry", _("Light industry")),
        ],
    ),
    (
        _("7 service industries"),
        [
            ("information_services", _("Information services")),
            ("modern_finance", _("Modern finance")),
            ("modern_logistics", _("Modern logistics")),
            ("service_manufacturing", _("Service-oriented manufacturing")),
            ("tourism_health", _("Tourism and health resorts")),
            ("care", _("Elderly and child care")),
            ("culture_entertainment", _("Culture and entertainment")),
        ],
    ),
]

SECTION_LABELS = dict(SECTIONS)
LABELS_4567 = {code: label for _group, rows in GROUPS_4567 for code, label in rows}


def industry_label(section: str, provincial: str, text: str) -> str:
    """The most telling word that is known: the provincial industry, the ledger's own word, the section."""
    if provincial in LABELS_4567:
        return str(LABELS_4567[provincial])
    return text or (str(SECTION_LABELS[section]) if section in SECTION_LABELS else "")
