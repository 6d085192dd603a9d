"""What the process serves beside the page: the OpenAI-compatible endpoint, downloads, login."""

from __future__ import annotations

import csv
import io
import json
import socket
import threading
from collections.abc import Iterator

import httpx
import openai
import pytest
from conftest import Site, serving, wait_for
from fake_assistant import FakeAssistant, Held
from openpyxl import load_workbook

from assistant.answer import Answer
from assistant.errors import UsageError
from assistant.settings import Settings
from assistant.ui import server
from assistant.ui.accounts import Accounts
from assistant.ui.desk import Desk
from assistant.ui.engine import Engine
from assistant.ui.gate import is_loopback
from assistant.ui.texts import Texts

NPL = "晋商银行2024年末不良贷款率是多少？"
PASSWORD = "correct horse"


@pytest.fixture
def client(site: Site) -> openai.OpenAI:
    return openai.OpenAI(base_url=site.ready().url + "/v1", api_key="unused", max_retries=0)


def test_the_llm_is_warmed_without_being_asked(site: Site) -> None:
    wait_for(lambda: site.ready().assistant.warmed, "the LLM to read its prompts")


def test_models_are_listed(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names == ["esg-report-assistant"]
    assert client.models.retrieve(names[0]).owned_by == "local"


def test_a_whole_reply_with_citations(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(
        model="esg-report-assistant", messages=[{"role": "user", "content": NPL}], temperature=0.7
    )
    assert reply.choices[0].message.content.startswith("晋商银行2024年末不良贷款率为1.77%[1]")
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    assert reply.model_extra["citations"][0]["line_start"] == 4303
    assert Answer.model_validate(reply.model_extra["answer"]).value == 1.77


def test_a_streamed_reply_is_the_same_words(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model="esg-report-assistant",
        messages=[{"role": "user", "content": [{"type": "text", "text": "金融壹賬通和山西證券2024年範圍二排放量"}]}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    words = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    assert len(words) == 2, "a chunk a sentence"
    assert "".join(words).startswith("金融壹賬通2024年範圍二溫室氣體排放量為757.08")
    last = next(chunk for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason)
    assert [citation["report"] for citation in last.model_extra["citations"]] == ["oneconnect", "shanxi-securities"]
    assert chunks[-1].usage is not None


def test_earlier_messages_reach_the_pipeline(client: openai.OpenAI, site: Site, monkeypatch) -> None:
    seen = {}
    real = site.assistant.stream

    def watched(question, **how):
        seen.update(how)
        return real(question, **how)

    monkeypatch.setattr(site.assistant, "stream", watched)
    client.chat.completions.create(
        model="esg-report-assistant",
        messages=[
            {"role": "system", "content": "be brief"},
            {"role": "user", "content": "山西证券2024年范围三排放量"},
            {"role": "assistant", "content": "没有披露。"},
            {"role": "user", "content": NPL},
        ],
        extra_body={"reports": ["jinshang-bank"], "language": "zh-Hans"},
    )
    assert [message["role"] for message in seen["history"]] == ["user", "assistant"]
    assert list(seen["reports"]) == ["jinshang-bank"] and seen["language"] == "zh-Hans"


@pytest.mark.parametrize(
    ("body", "status", "part"),
    [
        ({"model": "gpt-9", "messages": [{"role": "user", "content": "x"}]}, 404, "there is: esg-report-assistant"),
        ({"model": "esg-report-assistant", "messages": []}, 400, "the user's question"),
        ({"model": "esg-report-assistant"}, 400, "messages"),
        ({"model": "esg-report-assistant", "messages": [{"role": "user", "content": " "}]}, 400, "question"),
        ({"model": "esg-report-assistant", "messages": [{"role": "user", "content": "bug"}]}, 500, "is damaged"),
        (
            {"model": "esg-report-assistant", "stream": True, "messages": [{"role": "user", "content": "bug"}]},
            500,
            "is damaged",
        ),
    ],
)
def test_errors_have_openai_s_shape(site: Site, body, status, part) -> None:
    reply = httpx.post(site.ready().url + "/v1/chat/completions", json=body)
    assert reply.status_code == status
    assert part in reply.json()["error"]["message"]


def test_not_ready_is_said(tmp_path, fake: FakeAssistant) -> None:
    opening = threading.Event()
    with serving(tmp_path, fake, opening=opening) as site:
        body = {"model": "esg-report-assistant", "messages": [{"role": "user", "content": NPL}]}
        reply = httpx.post(site.url + "/v1/chat/completions", json=body)
        assert reply.status_code == 503 and "loading" in reply.json()["error"]["message"]
        opening.set()


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_goes_away_frees_the_slot(tmp_path, stream: bool) -> None:
    held = Held()
    messages = [{"role": "user", "content": NPL}]
    body = json.dumps({"model": "esg-report-assistant", "stream": stream, "messages": messages}).encode()
    with serving(tmp_path, held) as site:
        site.ready()
        host, port = site.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {len(body)}\r\n\r\n"
            client.sendall(head.encode() + body)
            wait_for(lambda: held.asked, "the question to reach the pipeline")
        wait_for(lambda: not site.engine._line._tickets, "its place in the line to be given up")
        held.go.set()
        wait_for(lambda: held.given_up == [NPL], "the pipeline to give up")


async def _keep_conversation(site: Site) -> str:
    engine = Engine(lambda: site.assistant)  # type: ignore[arg-type, return-value]
    engine.start()
    desk = Desk(engine, site.settings.data_folder)
    conversation = desk.conversation("local", None)
    for question in (NPL, "贷款余额增长多少？", "山西证券2024年范围三排放量", "=cmd|' /C calc'!A0 <b>*x*</b>"):
        async for _ in desk.ask("local", conversation, question, (), None, Texts("zh-Hans")):
            pass
    return conversation.id


@pytest.fixture
def kept(site: Site) -> str:
    import asyncio

    site.ready()

    return asyncio.run(_keep_conversation(site))


def test_markdown_export_has_footnotes_and_no_foreign_markup(site: Site, kept: str) -> None:
    reply = httpx.get(f"{site.url}/export/{kept}/conversation.md")
    assert "attachment" in reply.headers["content-disposition"]
    assert "1.77%[^1-1]" in reply.text and "[^1-1]: 晋商银行, 第 4303 行: “不良貸款率 % 1.77 1.78 1.80”" in reply.text
    assert "算式" in reply.text and "**报告未披露**" in reply.text
    assert "<b>" not in reply.text.replace(r"\<b\>", "")


def test_csv_and_excel_hold_the_figures_with_their_places(site: Site, kept: str) -> None:
    text = httpx.get(f"{site.url}/export/{kept}/figures.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:4] == ["机构", "指标", "期间", "数值"]
    assert rows[1][3] == "1.77" and "第 4303 行" in rows[1][7] and rows[1][5] == "已核对"
    assert rows[2][6].startswith("(2014.14")
    book = load_workbook(io.BytesIO(httpx.get(f"{site.url}/export/{kept}/figures.xlsx").content))
    sheet = book.active
    assert sheet["D2"].value == 1.77 and sheet["D2"].data_type == "n"
    assert all(cell.data_type != "f" for row in sheet for cell in row), "text is never a formula"


def test_a_spreadsheet_never_runs_a_cell(site: Site) -> None:
    from assistant.ui.export import to_csv, to_excel

    head, rows = ["=1+1"], [["=cmd|' /C calc'!A0"], ["@x"], [-1.5]]
    lines = to_csv(head, rows).decode("utf-8-sig").splitlines()
    assert [line[:2] for line in lines[:3]] == ["'=", "'=", "'@"] and lines[3] == "-1.5"
    sheet = load_workbook(io.BytesIO(to_excel(head, rows))).active
    assert [cell.data_type for (cell,) in sheet] == ["s", "s", "s", "n"]


@pytest.mark.parametrize("path", ["/export/../../x", "/export/zz/figures.csv", "/ui/server.py", "/ui/..%2fserver.py"])
def test_nothing_else_is_served(site: Site, path: str) -> None:
    assert httpx.get(site.url + path).status_code == 404


@pytest.mark.parametrize("path", ["/gradio_api/info", "/docs", "/openapi.json"])
def test_listeners_are_not_a_public_api(site: Site, path: str) -> None:
    reply = httpx.get(site.url + path)
    if reply.status_code == 200 and "json" in reply.headers["content-type"]:
        assert reply.json() == {"named_endpoints": {}, "unnamed_endpoints": {}}
    else:
        assert reply.status_code in (401, 404) or "gradio" in reply.text


def test_no_listener_can_be_called_by_its_name(site: Site) -> None:
    names = [listener["api_name"] for listener in httpx.get(site.url + "/config").json()["dependencies"]]
    assert "remove" in names, "what Gradio calls them"
    for name in names:
        for way in ("call", "run", "api"):
            reply = httpx.post(f"{site.url}/gradio_api/{way}/{name}", json={"data": ["", "", ""]})
            assert reply.status_code == 404, (way, name)


def test_another_web_site_cannot_ask(site: Site) -> None:
    foreign = {"Origin": "https://evil.example"}
    assert httpx.post(site.url + "/v1/chat/completions", headers=foreign, json={}).status_code == 403
    assert httpx.get(site.url, headers={"Host": "evil.example"}).status_code == 403
    assert httpx.get(site.url, headers={"Origin": site.url}).status_code == 200


@pytest.fixture
def guarded(tmp_path, fake: FakeAssistant) -> Iterator[tuple[Site, Accounts]]:
    accounts = Accounts(tmp_path / "data")
    accounts.add("ann", PASSWORD)
    accounts.add("bob", PASSWORD + "!")
    with serving(tmp_path, fake, accounts=accounts) as site:
        yield site, accounts


def test_nothing_opens_without_login(guarded) -> None:
    site, _ = guarded
    page = httpx.get(site.url, headers={"Accept": "text/html"})
    assert page.status_code == 303 and page.headers["location"] == "/login"
    for path in (
        "/",
        "/config",
        "/gradio_api/info",
        "/gradio_api/queue/status",
        "/v1/models",
        "/export/abc/figures.csv",
    ):
        assert httpx.get(site.url + path).status_code == 401, path
    for path in ("/gradio_api/queue/join", "/gradio_api/upload", "/gradio_api/run/predict", "/v1/chat/completions"):
        assert httpx.post(site.url + path, json={}).status_code == 401, path


def test_login_session_and_logout(guarded) -> None:
    site, accounts = guarded
    with httpx.Client(base_url=site.url, headers={"Accept": "text/html"}) as client:
        wrong = client.post("/login", data={"name": "ann", "password": "wrong"})
        assert wrong.status_code == 401 and "not right" in wrong.text
        right = client.post("/login", data={"name": "ann", "password": PASSWORD})
        assert right.status_code == 303
        cookie = right.headers["set-cookie"]
        assert "HttpOnly" in cookie and "samesite=strict" in cookie.lower()
        assert client.get("/").status_code == 200
        accounts.add("ann", "a new password")
        assert client.get("/").status_code == 303, "a new password ends the old session"
    forged = httpx.get(site.url, cookies={"esg_session": accounts.session("ann")[:-4] + "AAAA"})
    assert forged.status_code == 401


def test_tokens_for_programs(guarded) -> None:
    site, accounts = guarded
    token = accounts.new_token("ann")
    client = openai.OpenAI(base_url=site.url + "/v1", api_key=token)
    assert [model.id for model in client.models.list()] == ["esg-report-assistant"]
    accounts.new_token("ann")
    with pytest.raises(openai.AuthenticationError):
        client.models.list()
    kept = (site.settings.data_folder / "users.json").read_text()
    assert token not in kept and PASSWORD not in kept


def test_a_conversation_belongs_to_its_user(guarded, fake: FakeAssistant) -> None:
    site, accounts = guarded
    engine = Engine(lambda: fake)  # type: ignore[arg-type, return-value]
    desk = Desk(engine, site.settings.data_folder)
    from assistant.ui.turn import Conversation, Turn

    conversation = Conversation(turns=[Turn("secret", state="stopped")])
    desk.history.save("ann", conversation)
    path = f"/export/{conversation.id}/conversation.md"
    seen = {
        name: httpx.get(site.url + path, cookies={"esg_session": accounts.session(name)}) for name in ("ann", "bob")
    }
    assert seen["ann"].status_code == 200 and "secret" in seen["ann"].text
    assert seen["bob"].status_code == 404
    assert desk.conversation("bob", conversation.id).turns == []


def test_login_is_required_where_others_can_connect(tmp_path) -> None:
    settings = Settings(home=tmp_path, host="0.0.0.0", port=0)
    with pytest.raises(UsageError, match="assistant users add NAME"):
        server.run(settings, FakeAssistant, say=print)  # type: ignore[arg-type]


def test_what_counts_as_this_machine() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "192.168.1.5", "box")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


def test_a_taken_port_is_one_clear_line(tmp_path, site: Site) -> None:
    from assistant.errors import AssistantError

    port = int(site.url.rsplit(":", 1)[1])
    with pytest.raises(AssistantError, match=f"cannot listen on 127.0.0.1:{port}.*--port"):
        server.run(Settings(home=tmp_path, port=port), FakeAssistant, say=print)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "password"), [("", PASSWORD), ("../x", PASSWORD), ("a b", PASSWORD), ("ann", "short")]
)
def test_unusable_names_and_passwords(tmp_path, name: str, password: str) -> None:
    with pytest.raises(UsageError):
        Accounts(tmp_path).add(name, password)


def test_users_file_is_private(tmp_path) -> None:
    Accounts(tmp_path).add("ann", PASSWORD)
    assert (tmp_path / "users.json").stat().st_mode & 0o077 == 0
    assert json.loads((tmp_path / "users.json").read_text())["ann"]["password"].startswith("scrypt$")
