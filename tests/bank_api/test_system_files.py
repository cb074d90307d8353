"""A bank system is a YAML file; a wrong one is refused with its line and a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.bank_api.errors import SystemFileError
from core.bank_api.opening import open_bank
from core.bank_api.systems.loader import SHIPPED, load_system, load_systems
from core.kernel.clock import ManualClock
from core.kernel.errors import ConfigurationError
from tests.bank_api.conftest import settings_for

REST = """\
system: LOYALTY
protocol: rest
endpoint: /rest/loyalty
authentication: {audience: bank-loyalty}
timeouts: {read_s: 5}
idempotency: {resend: never}
errors:
  "51": insufficient_funds
actions:
  offers:
    method: GET
    path: /offers
    query: {category: $category?}
    reply:
      items: {each: items, fields: {id: id, title: title?}}
"""
SOAP = """\
system: CORE
protocol: soap
endpoint: /soap/core
namespace: urn:x
authentication: {login: core}
timeouts: {read_s: 5}
idempotency: {resend: always}
actions:
  Login:
    request: {Login: $login, Password: $password}
    reply: {session_id: SessionId, ttl_s: Ttl|int}
"""


def write(tmp_path: Path, text: str | bytes, name: str = "system.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_shipped_systems_are_five() -> None:
    assert sorted(load_systems()) == ["ACCESS", "CARDS", "CORE", "PASSPORT", "TRANSFERS"]
    assert (SHIPPED / "core.yaml").is_file()


def test_another_system_is_another_file_and_no_code(tmp_path: Path) -> None:
    write(tmp_path, REST)
    assert list(load_systems(tmp_path)) == ["LOYALTY"]


@pytest.mark.parametrize(
    ("base", "found", "instead_of_it", "message"),
    [
        (REST, "protocol: rest", "protocol: carrier-pigeon", ":2: `protocol` must be one of soap, rest"),
        (REST, "protocol: rest\n", "", ":1: `protocol` must be one of"),
        (REST, "read_s: 5", "read_s: soon", ":5: timeouts.read_s: Input should be a valid number"),
        (REST, "read_s: 5", "read_s: 0", ":5: timeouts.read_s: Input should be greater than 0"),
        (REST, "path: /offers", "path: /offers\n    speed: high", ":13: actions.offers.speed: Extra inputs"),
        (REST, "method: GET", "method: FETCH", ":11: actions.offers.method: "),
        (REST, "system: LOYALTY", "system: LOYALTY\nsystem: CARDS", ":2: the key 'system' is written twice"),
        (
            REST,
            '"51": insufficient_funds',
            '"51": no_money',
            ":7: errors: Value error, 51: 'no_money' is not a refusal",
        ),
        (REST, '"51"', '"06"', ":7: errors: Value error, 06 never proves"),
        (REST, '"51"', '"68"', ":7: errors: Value error, 68 never proves"),
        (REST, '"51"', '"96"', ":7: errors: Value error, 96 never proves"),
        (REST, "$category?", "$Category", ":10: actions.offers: Value error, expected $name"),
        (REST, "$category?", "$category|amount", ":10: actions.offers: Value error, category: a value in JSON"),
        (REST, "title: title?", "title: title?|yes_no", ":10: actions.offers: Value error, title: code, yes_no"),
        (REST, "title: title?", "title: .", ":10: actions.offers: Value error, title: a path in JSON"),
        (REST, "title: title?", "title: a b", "expected path, path? or path|kind"),
        (
            REST,
            "method: GET",
            "method: GET\n    echo: {sum: $sum}",
            "echo of fields that the reply does not have: ['sum']",
        ),
        (SOAP, "SessionId", "p:SessionId", "prefix 'p' has no namespace in this file"),
        (SOAP, "Login:\n", "SignIn:\n", "needs the action Login, which is not described"),
        (SOAP, "{Login: $login", "{1: $login", "not an XML name: '1'"),
        (SOAP, "namespace: urn:x", "namespace: urn:x\nzone: Europe/Nowhere", ":5: zone: Value error, no time zone"),
        (SOAP, "Login:\n", "Login: [\n", ":11: this is not YAML: while parsing a flow sequence, did not find"),
        (SOAP, SOAP, "- just\n- a list\n", ":1: expected a mapping"),
        (SOAP, "namespace: urn:x", "namespace: urn:x\nzone: ../etc", ":5: zone: Value error, no time zone"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(
    tmp_path: Path, base: str, found: str, instead_of_it: str, message: str
) -> None:
    assert found in base
    path = write(tmp_path, base.replace(found, instead_of_it, 1))
    with pytest.raises(SystemFileError) as refused:
        load_system(path)
    assert refused.value.detail.startswith(f"{path}:")
    assert message in refused.value.detail


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemFileError, match=r"gone\.yaml:1: the file cannot be read: No such file or directory"):
        load_system(tmp_path / "gone.yaml")
    with pytest.raises(SystemFileError, match=r"system\.yaml:1: the file cannot be read as UTF-8 text"):
        load_system(write(tmp_path, "система".encode("cp1251")))


def test_one_system_is_described_once_and_at_least_one_is(tmp_path: Path) -> None:
    with pytest.raises(SystemFileError, match="no bank system is described here"):
        load_systems(tmp_path)
    write(tmp_path, REST, "a.yaml")
    write(tmp_path, REST, "b.yaml")
    with pytest.raises(SystemFileError, match=r"b\.yaml:1: the system LOYALTY is described by another file"):
        load_systems(tmp_path)


def test_a_soap_system_without_its_login_in_the_settings_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"CORE needs the setting logins\.core"):
        open_bank(settings_for("http://127.0.0.1", logins={}), ManualClock())
