"""The deployment's files agree with the Compose Specification, with the program, and with what they promise of privacy.

No container is started here: what these files name (commands, options, settings, paths, volumes) must exist.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
import typer
import yaml
from tests.conftest import ROOT

from tsunagari.cli import app
from tsunagari.settings import Settings
from tsunagari_parsers import errors
from tsunagari_parsers.errors import UnreadableDocumentError

COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
NGINX = (ROOT / "deploy" / "nginx.conf.example").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]

COMMAND = re.compile(r"(?:^|[\s`\"'(/])tsunagari +([a-z][a-z-]*)([^\n`|;&)」#]*)", re.MULTILINE)
OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")


class Asked(Mapping[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def commands() -> dict[str, click.Command]:
    group = typer.main.get_command(app)
    return dict(getattr(group, "commands"))  # noqa: B009 - typer's own group is no click.Group to every checker


def known_variables() -> set[str]:
    asked = Asked({"TSUNAGARI_ENGINE": "meili", "TSUNAGARI_MEILI_URL": "http://127.0.0.1"})
    Settings.from_environment(asked)
    options = [one for command in commands().values() for one in command.params]
    return asked.names | {str(one.envvar) for one in options if getattr(one, "envvar", None)}


def code_of(markdown: str) -> str:
    """Indented blocks and what stands between backticks."""
    blocks = [line for line in markdown.splitlines() if line.startswith("    ")]
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", markdown)])


def command_lines() -> Iterator[tuple[str, str]]:
    """Where command lines stand, and their text."""
    for name, service in SERVICES.items():
        yield f"docker-compose.yml, {name}", " ".join(service.get("command", []))
    for line in re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE):
        yield "Dockerfile", " ".join(json.loads(line))
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        yield unit.name, "\n".join(re.findall(r"^Exec\w+=(.*)$", text, re.MULTILINE))
    yield (
        "docker-compose.yml's comments",
        "\n".join(code_of(line) for line in COMPOSE.read_text(encoding="utf-8").splitlines() if "#" in line),
    )
    yield "docs/operating.md", code_of(GUIDE)
    yield "docs/administrator.md", code_of((ROOT / "docs" / "administrator.md").read_text(encoding="utf-8"))


def check_against_schema(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def mounts(service: str) -> dict[str, tuple[str, bool]]:
    """What a service mounts: source to (place, whether it may write)."""
    parts = [entry.split(":") for entry in SERVICES[service].get("volumes", [])]
    return {part[0]: (part[1], part[2:] != ["ro"]) for part in parts}


# --- the Compose file ---


def test_the_compose_file_follows_the_specification() -> None:
    done = check_against_schema(COMPOSE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_key_that_the_specification_does_not_have_would_be_noticed(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.read_text(encoding="utf-8").replace("cap_drop:", "drop_caps:"), encoding="utf-8")
    assert check_against_schema(wrong).returncode == 1


def test_every_volume_and_network_that_is_used_is_declared() -> None:
    whole = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    used = {name for service in SERVICES for name in mounts(service) if not name.startswith(".")}
    assert used == set(whole["volumes"])
    assert {name for service in SERVICES.values() for name in service.get("networks", [])} == set(whole["networks"])


def test_images_are_pinned() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    for name, service in SERVICES.items():
        if name in OURS:
            # "localhost/" can be built but never pulled.
            assert service["image"] == f"localhost/tsunagari:{version}"
        else:
            assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+\.\d+", service["image"]), service["image"]
    stages = re.findall(r"^FROM (\S+)(?: AS (\w+))?", DOCKERFILE, re.MULTILINE)
    bases = {image for image, _ in stages} - {name for _, name in stages}
    assert all(re.fullmatch(r"python:\d+\.\d+-slim-[a-z]+", image) for image in bases), bases


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_has_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "devices", "pid", "ipc"} & set(service)
    assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", []))
    assert name in OURS or service["user"] not in {"root", "0", "0:0"}


def test_meilisearch_runs_in_production_without_analytics_and_reaches_nobody() -> None:
    whole = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    meilisearch = SERVICES["meilisearch"]
    assert meilisearch["environment"]["MEILI_NO_ANALYTICS"] == "true"
    assert meilisearch["environment"]["MEILI_ENV"] == "production"
    assert "MEILI_MASTER_KEY" not in meilisearch["environment"]
    assert all(whole["networks"][network]["internal"] for network in meilisearch["networks"])


def test_each_key_is_where_it_is_needed_and_nowhere_else() -> None:
    holders = {name: {service for service in SERVICES if f"secrets-{name}" in mounts(service)} for name in KEYS}
    assert holders == KEYS
    writers = {
        name: [service for service in SERVICES if mounts(service).get(f"secrets-{name}", ("", False))[1]]
        for name in KEYS
    }
    assert writers == {"master": ["prepare"], "admin": ["setup"], "search": ["setup"]}


KEYS = {
    "master": {"prepare", "meilisearch", "setup"},
    "admin": {"setup", "admin"},
    "search": {"setup", "admin", "site"},
}


def test_key_files_lie_in_what_their_service_mounts() -> None:
    for name, service in SERVICES.items():
        places = [place for place, _ in mounts(name).values()]
        for variable, value in service.get("environment", {}).items():
            if variable.endswith("_FILE"):
                assert any(value.startswith(f"{place}/") for place in places), (name, value)


def test_the_site_starts_after_its_index_is_there() -> None:
    conditions = {name: entry["condition"] for name, entry in SERVICES["site"]["depends_on"].items()}
    assert conditions == {"meilisearch": "service_healthy", "setup": "service_completed_successfully"}
    assert SERVICES["setup"]["depends_on"]["meilisearch"]["condition"] == "service_healthy"
    assert SERVICES["meilisearch"]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"


# --- the image ---


def test_the_image_runs_as_a_user_without_rights_on_its_volumes_only() -> None:
    *_, user = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert user == "10001:10001"
    assert SERVICES["meilisearch"]["user"] == user  # it reads the master key that our user wrote
    [folders] = re.findall(r"install --directory --mode 0700 --owner 10001 --group 10001 +(.*)", DOCKERFILE)
    owned = set(folders.split())
    for service in OURS:
        for source, (place, _) in mounts(service).items():
            assert source.startswith(".") or place in owned, f"{source} would belong to root in {service}"


def test_everything_that_is_copied_exists_and_reaches_the_build() -> None:
    allowed = {
        line.removeprefix("!").rstrip("/")
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    copies = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert copies
    for source in " ".join(copies).split():
        assert (ROOT / source).exists(), source
        assert source.split("/")[0] in allowed, source
    demo = tomllib.loads((ROOT / "fixtures" / "demo.toml").read_text(encoding="utf-8"))["documents"]
    copied = " ".join(copies).split()
    assert all(f"fixtures/{document.split('/')[0]}" in copied for document in demo)


def test_every_installation_in_the_image_is_hashed_or_local() -> None:
    for line in re.findall(r"^RUN (.*\binstall\b.*)$", DOCKERFILE, re.MULTILINE):
        if "pip" in line and "uninstall" not in line:
            assert "--require-hashes" in line or "--no-index" in line, line


def test_the_health_check_asks_the_port_that_is_served() -> None:
    [port] = re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE)
    [check] = re.findall(r"^HEALTHCHECK .*CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    code = json.loads(check)[-1]
    compile(code, "HEALTHCHECK", "exec")
    assert f"'127.0.0.1', {port}" in code
    assert "/healthz" in code
    assert f'"--port", "{port}"' in DOCKERFILE
    assert SERVICES["site"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"proxy_pass http://127.0.0.1:{port};" in NGINX


# --- commands and settings, wherever they are named ---


def test_every_command_and_option_exists() -> None:
    there = {name: {option for one in command.params for option in one.opts} for name, command in commands().items()}
    seen = set()
    for where, text in command_lines():
        for name, rest in COMMAND.findall(text):
            assert name in there, f"{where}: tsunagari {name}"
            seen.add(name)
            for option in OPTION.findall(rest):
                assert option in there[name], f"{where}: tsunagari {name} {option}"
    assert seen >= {"serve", "crawl", "import", "publish", "meili-keys"}


def test_the_guide_names_every_command() -> None:
    assert not [name for name in commands() if f"tsunagari {name}" not in GUIDE and f"`{name}`" not in GUIDE]


def test_every_setting_is_one_that_the_program_reads() -> None:
    texts = {"Dockerfile": DOCKERFILE, "operating.md": GUIDE, "docker-compose.yml": COMPOSE.read_text(encoding="utf-8")}
    texts |= {unit.name: unit.read_text(encoding="utf-8") for unit in UNITS}
    for where, text in texts.items():
        named = set(re.findall(r"\bTSUNAGARI_[A-Z_]*[A-Z]\b", text))
        assert named <= known_variables(), where
    for name, service in SERVICES.items():
        prefix = "TSUNAGARI_" if name in OURS else "MEILI_"
        assert all(variable.startswith(prefix) for variable in service.get("environment", {})), name


def test_the_guide_explains_every_reason_for_which_a_document_is_not_read() -> None:
    codes = {
        one.code
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, UnreadableDocumentError) and one is not UnreadableDocumentError
    }
    section = GUIDE.split("### 文書が読めない\n")[1].split("\n### ")[0]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)) == codes


def test_the_guide_names_services_and_headings_that_exist() -> None:
    named = re.findall(r"docker compose (?:run --rm|exec -T) (\w+)", GUIDE)
    assert named
    assert set(named) <= set(SERVICES)
    headings = re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) <= anchors


# --- systemd ---


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: str(unit.name))
def test_units_keep_to_their_own_folder(unit: Path) -> None:
    lines = unit.read_text(encoding="utf-8").splitlines()
    for wanted in (
        "User=tsunagari",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "CapabilityBoundingSet=",
        "StateDirectory=tsunagari",
        "Environment=TSUNAGARI_DATA_DIR=/var/lib/tsunagari",
    ):
        assert wanted in lines, wanted


def test_the_sites_unit_reaches_this_machine_only() -> None:
    lines = (ROOT / "deploy" / "systemd" / "tsunagari.service").read_text(encoding="utf-8").splitlines()
    assert {"IPAddressDeny=any", "IPAddressAllow=localhost"} <= set(lines)
    assert any(line.startswith("ExecStart=") and "--host 127.0.0.1" in line for line in lines)


# --- the proxy ---


def test_the_proxys_log_holds_nothing_of_a_visitor_or_of_a_search() -> None:
    formats = dict(re.findall(r"^log_format (\w+) '([^']*)';", NGINX, re.MULTILINE))
    assert len(formats) == 1
    [(name, variables)] = formats.items()
    harmless = {"time_iso8601", "request_method", "uri", "status", "body_bytes_sent", "request_time"}
    assert set(re.findall(r"\$(\w+)", variables)) <= harmless
    for log in re.findall(r"^\s*access_log (.+);", NGINX, re.MULTILINE):
        assert log == "off" or log.split()[1:] == [name], log
    # Anything milder brings the request line and the visitor's address with it.
    servers = NGINX.count("server {")
    assert re.findall(r"^\s*error_log \S+ (\w+);", NGINX, re.MULTILINE) == ["emerg"] * servers
    assert len(re.findall(r"^\s*access_log ", NGINX, re.MULTILINE)) == servers


def test_the_proxy_keeps_nothing_and_tells_nobody() -> None:
    lines = [line.strip() for line in NGINX.splitlines()]
    for wanted in (
        "proxy_cache off;",
        "proxy_store off;",
        "proxy_max_temp_file_size 0;",
        'proxy_set_header X-Forwarded-For "";',
        'add_header Referrer-Policy "no-referrer" always;',
    ):
        assert wanted in lines, wanted
    sizes = dict(re.findall(r"^\s*(client_max_body_size|client_body_buffer_size) (\w+);", NGINX, re.MULTILINE))
    assert sizes["client_max_body_size"] == sizes["client_body_buffer_size"]
