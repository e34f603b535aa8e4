import pytest

from crud.content_type import raw_content_type, require_json
from crud.problems import Problem


@pytest.mark.parametrize(
    "value",
    [
        "text/plain",
        "TEXT/Plain ; Charset=UTF-8",
        "application/vnd.a+json;v=1;w=2",
        'a/b; c="d; e, \\"f\\""',
        'a/b; c=""',
        "text/" + "x" * 122,
    ],
)
def test_a_well_formed_content_type_is_kept_verbatim(value: str) -> None:
    assert raw_content_type(value) == value


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "text",
        "text/",
        "/plain",
        "text/plain;",
        "text/plain; a",
        "text/plain; a=",
        "text/plain; a =b",
        'text/plain; a="b',
        "text/plain, text/html",
        "te xt/plain",
        "text/plain\n",
        "t\u00e4xt/plain",
        "text/" + "x" * 123,
    ],
)
def test_any_other_is_rejected_with_415(value: str | None) -> None:
    with pytest.raises(Problem) as refusal:
        raw_content_type(value)
    assert refusal.value.status == 415


@pytest.mark.parametrize("value", ["application/json", "Application/JSON; charset=utf-8"])
def test_json_may_have_parameters_and_any_case(value: str) -> None:
    require_json(value)


@pytest.mark.parametrize("value", [None, "", "text/json", "application/json;", "application/jsonx", "application/*"])
def test_what_is_not_json_is_rejected_with_415(value: str | None) -> None:
    with pytest.raises(Problem) as refusal:
        require_json(value)
    assert refusal.value.status == 415
