"""Many tick boxes in groups that fold: places under their city, industries under their group."""

from typing import Any

from django import forms


class GroupedChecks(forms.CheckboxSelectMultiple):
    """Choices are (group, [(value, label), …]); a group in which something is ticked stands open."""

    template_name = "supervision/notices/_groups.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["groups"] = [
            (group, options, sum(bool(one["selected"]) for one in options))
            for group, options, _index in context["widget"]["optgroups"]
        ]
        return context
