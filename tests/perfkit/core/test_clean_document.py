from __future__ import annotations

import json

from perfkit.core.clean_document import document_without_secrets

QUOTED = '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"0011223344"}]'


def test_a_document_without_a_secret_keeps_its_bytes() -> None:
    content = '{ "text":\t"plain ü",\n"n": 1.50 }'.encode()

    assert document_without_secrets(content) == content


def test_a_log_line_quoted_in_a_text_loses_its_secret() -> None:
    content = json.dumps({"skipped": [{"text": QUOTED, "line": 7}]}).encode()

    cleaned = document_without_secrets(content)

    assert b"0011223344" not in cleaned
    assert json.loads(cleaned)["skipped"][0]["line"] == 7
    assert "AuthorizationKey" in json.loads(cleaned)["skipped"][0]["text"]


def test_a_member_that_is_named_like_a_secret_loses_its_value() -> None:
    assert b"hunter2" not in document_without_secrets(b'{"basicAuthPassword": "hunter2"}')


def test_what_is_no_json_is_looked_at_as_text() -> None:
    assert document_without_secrets(b"AuthorizationKey: hunter2hunter2") == b"AuthorizationKey: [secret removed]"
    assert document_without_secrets(b"") == b""
