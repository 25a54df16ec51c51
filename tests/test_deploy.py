"""The recipes to deploy agree with the program; what they do is said in docs/operations.md."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from rag.extras import EXTRAS
from wenda.settings import Settings

ROOT = Path(__file__).parent.parent
CONTAINERFILE = (ROOT / "Containerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy" / "wenda.service").read_text(encoding="utf-8")
#: Of the recipes themselves.
OWN = {"WENDA_NAME", "WENDA_UPSTREAM"}


@pytest.mark.parametrize("text", [CONTAINERFILE, COMPOSE, UNIT], ids=["image", "compose", "unit"])
def test_every_setting_is_one(text: str) -> None:
    named = set(re.findall(r"\bWENDA_[A-Z_]+", text)) - OWN
    assert named
    assert {name.removeprefix("WENDA_").lower() for name in named} <= Settings.model_fields.keys()


def test_the_image_serves_without_root_and_without_what_compiles() -> None:
    _, build, serve = re.split(r"^FROM ", CONTAINERFILE, flags=re.MULTILINE)
    assert "index" not in re.findall(r"ARG EXTRAS=(.*)", build)[0].split(",")
    assert set(re.findall(r"ARG EXTRAS=(.*)", build)[0].split(",")) <= set(EXTRAS)
    assert "/opt/compiling" in build
    assert "/opt/compiling" not in serve
    assert re.search(r"^USER 10001:10001$", serve, re.MULTILINE)
    assert "/healthz" in serve
    assert "HEALTHCHECK" in serve


def test_every_package_is_in_the_build_context() -> None:
    kept = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "training"}
    assert packages - {"benchmarks"} <= kept
    assert {"pyproject.toml", "constraints.txt", "README.md", "LICENSE"} <= kept
    assert all((ROOT / name).exists() for name in kept)


def test_compose_hardens_what_the_image_allows() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    for service in services.values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    wenda = services["wenda"]
    assert wenda["ports"] == ["127.0.0.1:8000:8000"]
    assert "./seeds:/seeds:ro" in wenda["volumes"]
    assert set(services["proxy"]["profiles"]) == {"tls"}
    assert (ROOT / "deploy" / "Caddyfile").is_file()


@pytest.mark.slow
def test_the_unit_is_understood_and_safe(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "wenda.service"
    unit.write_text(UNIT.replace("/srv/wenda/.venv/bin/wenda", "/bin/true"), encoding="utf-8")
    checked = subprocess.run(
        [analyze, "verify", str(unit)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    rated = subprocess.run(
        [analyze, "security", "--offline=yes", "--threshold=20", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert rated.returncode == 0, rated.stdout
