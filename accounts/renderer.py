"""Form renderer: every widget of every form gets the portal's classes here, so that no form sets them by hand."""

from typing import Any

from django.forms.renderers import TemplatesSetting

PLAIN = {"hidden"}
TICKED = {"checkbox", "radio"}
SELECTS = ("django/forms/widgets/select.html", "django/forms/widgets/selectmultiple.html")


class PortalRenderer(TemplatesSetting):
    """Django's template renderer plus class names. Use: `FORM_RENDERER = "accounts.renderer.PortalRenderer"`."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        widget = context.get("widget")
        if isinstance(widget, dict):
            dress(widget)
        return super().render(template_name, context, request)


def dress(widget: dict[str, Any]) -> None:
    """Add form-control / form-select / form-check-input and is-invalid to a widget context, in place."""
    for part in widget.get("subwidgets", []):
        dress(part)
    options = [option for _, group, _ in widget.get("optgroups", []) for option in group]
    if options and options[0].get("type") in TICKED:
        for option in options:
            _add(option["attrs"], "form-check-input")
        return
    kind = widget.get("type", "")
    if kind in PLAIN or widget.get("subwidgets"):
        return
    if kind in TICKED:
        base = "form-check-input"
    else:
        base = "form-select" if widget["template_name"] in SELECTS else "form-control"
    attrs = widget["attrs"]
    _add(attrs, base)
    if attrs.get("aria-invalid") == "true":
        _add(attrs, "is-invalid")


def _add(attrs: dict[str, Any], name: str) -> None:
    classes = str(attrs.get("class", "")).split()
    if name not in classes:
        attrs["class"] = " ".join([*classes, name])
