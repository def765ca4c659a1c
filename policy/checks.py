"""System checks over the regime files: a wrong rule stops the start, not a county's report.

policy.E001 unreadable file · E002 wrong or missing field · E003 double id or node · E004 unknown rule key ·
E005 unknown addressee · E006 overlapping versions · E007 gap between versions · E008 no regime at all
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Error, register

from policy.regimes import DEFAULT_REGIME, REGIMES_DIR, read_regime


@register("policy")
def check_regimes(
    app_configs: Any = None, *, directory: Path = REGIMES_DIR, **kwargs: Any
) -> list[CheckMessage]:
    files = sorted(path for path in directory.glob("*.toml") if not path.stem.startswith("_"))
    if not any(path.stem == DEFAULT_REGIME for path in files):
        return [Error(f"缺少默认制度文件 {DEFAULT_REGIME}.toml", id="policy.E008")]
    found: list[CheckMessage] = []
    told: set[str] = set()
    for path in files:
        _regime, problems = read_regime(path, common=directory / "_common.toml")
        for problem in problems:
            # A fault in the common file shows up with every regime; once is enough.
            if str(problem) not in told:
                told.add(str(problem))
                found.append(
                    Error(
                        str(problem), hint="请修改 policy/regimes/ 下的制度文件", id=f"policy.{problem.code}"
                    )
                )
    return found
