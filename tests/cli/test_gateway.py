"""What gateways want: headers whose values stand in environment variables, and a certificate of the client's own."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import trustme
from command import TOKEN, conformance
from recorded import files_with, read_results

from conformance.client.transports.http import open_http
from conformance.core.errors import UsageError
from conformance.evidence.exchange import Request

KEY = "gateway-key-7f3a9c"
# Lets nothing through without the gateway's key.
GUARDED = """
from conformance.contracts.collections.reference.app import Reference
app_ = Reference(namespaces=False).app
async def app(scope, receive, send):
    if scope["type"] == "http" and dict(scope["headers"]).get(b"x-gateway-key") != b"gateway-key-7f3a9c":
        await send({"type": "http.response.start", "status": 418, "headers": []})
        return await send({"type": "http.response.body", "body": b"who are you?"})
    return await app_(scope, receive, send)
"""


def run(folder, text, **environment):
    (folder / "guarded.py").write_text(GUARDED)
    (folder / "t.toml").write_text(f'[target]\napp = "guarded:app"\n[headers]\n{text}\n')
    return conformance("run", "--target", "t.toml", "--only", "source.*", "--output", "out", cwd=folder, env=environment)


def test_a_header_is_sent_with_every_request_and_its_value_is_in_no_artifact(tmp_path):
    done = run(tmp_path, 'X-Gateway-Key = "GATEWAY_KEY"', GATEWAY_KEY=KEY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert read_results(tmp_path / "out")["manifest"]["headers"] == {"X-Gateway-Key": "GATEWAY_KEY"}
    assert files_with(tmp_path / "out", KEY) == []
    assert KEY not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("text", "environment", "message"),
    [
        (
            'X-Gateway-Key = "GATEWAY_KEY"',
            {},
            "the environment variable GATEWAY_KEY is not set; it should hold the header X-Gateway-Key",
        ),
        ('X-Gateway-Key = "GATEWAY_KEY"', {"GATEWAY_KEY": "a\nb"}, "has characters that a header cannot carry"),
        ('Authorization = "GATEWAY_KEY"', {"GATEWAY_KEY": KEY}, "the toolkit writes this header itself"),
        ('"no header" = "GATEWAY_KEY"', {"GATEWAY_KEY": KEY}, "not the name of a header"),
    ],
)
def test_a_header_that_cannot_be_sent_is_a_mistake(tmp_path, text, environment, message):
    done = run(tmp_path, text, **environment)
    assert done.returncode == 2, done.stdout
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.fixture
def certificates(tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("client.test").private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
    return authority, tmp_path


def test_a_certificate_of_the_clients_own_is_shown(certificates):
    authority, folder = certificates
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    url = f"https://127.0.0.1:{server.server_port}"
    with open_http(url, ca_file=folder / "ca.pem", own_certificate=(folder / "client.pem", None)) as transport:
        assert transport.send(Request("GET", "/", (), None), 10).status == 200
    thread.join(10)
    server.server_close()


def test_a_certificate_that_cannot_be_read_is_a_mistake(certificates):
    _authority, folder = certificates
    with (
        pytest.raises(UsageError, match="client_certificate"),
        open_http("https://127.0.0.1:1", own_certificate=(folder / "none.pem", None)),
    ):
        pass


# Takes the token in a header of its own, or after a scheme of its own.
ELSEWHERE = """
from conformance.contracts.collections.reference.app import Reference
app_ = Reference(namespaces=False, token="s3cret-token-of-the-test").app
async def app(scope, receive, send):
    if scope["type"] == "http":
        headers = [(name, value) for name, value in scope["headers"] if name not in (b"authorization", HEADER)]
        given = dict(scope["headers"]).get(HEADER, b"")
        if given.startswith(SCHEME):
            headers.append((b"authorization", b"Bearer " + given.removeprefix(SCHEME)))
        scope = {**scope, "headers": headers}
    await app_(scope, receive, send)
"""


@pytest.mark.parametrize(("header", "scheme"), [("X-Api-Key", ""), ("Authorization", "Token"), ("Proxy-Authorization", "Bearer")])
def test_a_token_stands_where_the_target_file_says_and_strangers_are_judged_by_it(tmp_path, header, scheme):
    before = f"{scheme} " if scheme else ""
    code = ELSEWHERE.replace("HEADER", repr(header.lower().encode())).replace("SCHEME", repr(before.encode()))
    (tmp_path / "elsewhere.py").write_text(code)
    (tmp_path / "t.toml").write_text(
        f'[target]\napp = "elsewhere:app"\n[auth]\ntoken_env = "MY_TOKEN"\nheader = "{header}"\nscheme = "{scheme}"\n'
    )
    done = conformance("run", "--target", "t.toml", "--only", "auth.*", "--only", "source.*", "--output", "out", cwd=tmp_path,
                       env={"MY_TOKEN": TOKEN})  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "11 passed" in done.stdout
    assert files_with(tmp_path / "out", TOKEN) == []


def test_what_repeats_a_violation_puts_the_token_there_too(tmp_path):
    code = ELSEWHERE.replace("HEADER", repr(b"x-api-key")).replace("SCHEME", repr(b""))
    code = code.replace(
        "import Reference\n", "import Reference\nfrom conformance.contracts.collections.reference.faults import FAULTS\n", 1
    )
    code = code.replace("namespaces=False,", 'namespaces=False, fault=FAULTS["type-case-ignored"],')
    (tmp_path / "elsewhere.py").write_text(code)
    (tmp_path / "t.toml").write_text(
        '[target]\napp = "elsewhere:app"\n[auth]\ntoken_env = "MY_TOKEN"\nheader = "X-Api-Key"\nscheme = ""\n'
    )
    done = conformance("run", "--target", "t.toml", "--only", "source.*", "--output", "out", cwd=tmp_path, env={"MY_TOKEN": TOKEN})
    assert done.returncode == 1, done.stdout + done.stderr
    assert "X-Api-Key: $TOKEN" in (tmp_path / "out" / "report.html").read_text()
    done = conformance("replay", "out/results.json", "--target", "t.toml", cwd=tmp_path, env={"MY_TOKEN": TOKEN})
    assert done.returncode == 1
    conformance("replay", "out/results.json", "source.type-enum", "--write", "test_kept.py", cwd=tmp_path, env={"MY_TOKEN": TOKEN})
    assert "'x-api-key': os.environ['MY_TOKEN']" in (tmp_path / "test_kept.py").read_text()
