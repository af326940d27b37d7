"""The real server before the client of pytest-lsp, which reads every answer with the types of the protocol's own meta
model, and warns of whatever its capabilities do not allow. Warnings are errors here.

    python3 session.py PROGRAM ROOT CLIENT

ROOT is a workspace with `specs/TODO.md`, CLIENT a client whose capabilities pytest-lsp has recorded. Prints `ok - WHAT`
for each thing that holds, and ends with 1 at the first that does not.
"""

import asyncio
import json
import pathlib
import sys
import warnings
from concurrent.futures import Future

from lsprotocol import types
from pygls.exceptions import FeatureAlreadyRegisteredError, JsonRpcException
from pytest_lsp import client_capabilities, make_test_lsp_client
from pytest_lsp.checks import LspSpecificationWarning

warnings.simplefilter("error", LspSpecificationWarning)
# A loop or a stream that Python closes late is no fault of the server.
warnings.simplefilter("ignore", ResourceWarning)

LONG = 60


def ok(what):
    print("ok - " + what, flush=True)


def client_with_folder(root):
    client = make_test_lsp_client()
    # What pytest-lsp does not answer by itself.
    for method in (types.WORKSPACE_CODE_LENS_REFRESH, types.WORKSPACE_INLAY_HINT_REFRESH,
                   types.WORKSPACE_SEMANTIC_TOKENS_REFRESH, types.WORKSPACE_FOLDING_RANGE_REFRESH):
        try:
            client.feature(method)(lambda _: None)
        except FeatureAlreadyRegisteredError:
            pass
    return client


class Raw:
    """A value that the client does not look at before it is sent."""

    def __init__(self, value):
        self.value = value


def raw_request(client, method, params, number="raw"):
    """A request whose params may be anything. Only its answer is read by the client."""
    future = client.protocol._request_futures[number] = Future()
    client.protocol._result_types[number] = client.protocol.get_result_type(method)
    send(client, json.dumps(dict(jsonrpc="2.0", id=number, method=method, params=params)).encode())
    return asyncio.wrap_future(future)


def send(client, body):
    client.protocol.writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)


async def refused(client, method, params, code, what):
    """A request that the protocol has be refused with this code."""
    own = isinstance(params, Raw)
    asked = raw_request(client, method, params.value) if own else client.protocol.send_request_async(method, params)
    try:
        await asyncio.wait_for(asked, LONG)
    except JsonRpcException as error:
        assert error.code == code, f"{what}: refused with {error.code}: {error}"
        return ok(what)
    raise AssertionError(f"{what}: it was answered")


async def start(program, root, name):
    client = client_with_folder(root)
    await client.start_io(program, "lsp", "--in-process")
    capabilities = client.capabilities = client_capabilities(name)
    await refused(client, types.TEXT_DOCUMENT_HOVER, hover(root), -32002, "before initialize a request is refused as such")
    await refused(client, "nonsense/method", Raw({}), -32002, "before initialize an unknown method is refused as such")
    answer = await asyncio.wait_for(client.initialize_session(types.InitializeParams(
        process_id=None, root_uri=root.as_uri(), capabilities=capabilities,
        workspace_folders=[types.WorkspaceFolder(uri=root.as_uri(), name="root")])), LONG)
    ok(f"{name} is answered by {answer.server_info.name} {answer.server_info.version}")
    await refused(client, types.INITIALIZE, types.InitializeParams(capabilities=capabilities), -32600,
                  "to initialize again is refused")
    return client, answer


def hover(root):
    return types.HoverParams(text_document=document(root), position=types.Position(line=0, character=0))


def document(root):
    return types.TextDocumentIdentifier(uri=(root / "specs/TODO.md").as_uri())


async def questions(client, root, offers):
    """Asks all that is offered, about every line."""
    text = (root / "specs/TODO.md").read_text()
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=types.TextDocumentItem(
        uri=document(root).uri, language_id="markdown", version=1, text=text)))
    own = document(root)
    whole = types.Range(start=types.Position(line=0, character=0), end=types.Position(line=text.count("\n"), character=0))
    asked = 0
    for line, words in enumerate(text.split("\n")):
        at = dict(text_document=own, position=types.Position(line=line, character=len(words) // 2))
        here = types.Range(start=at["position"], end=at["position"])
        context = types.CodeActionContext(diagnostics=[])
        answers = [
            client.text_document_hover_async(types.HoverParams(**at)),
            client.text_document_definition_async(types.DefinitionParams(**at)),
            client.text_document_declaration_async(types.DeclarationParams(**at)),
            client.text_document_references_async(types.ReferenceParams(**at, context=types.ReferenceContext(include_declaration=True))),
            client.text_document_document_highlight_async(types.DocumentHighlightParams(**at)),
            client.text_document_completion_async(types.CompletionParams(**at)),
            client.text_document_code_action_async(types.CodeActionParams(text_document=own, range=here, context=context)),
            client.text_document_selection_range_async(types.SelectionRangeParams(text_document=own, positions=[at["position"]])),
        ]
        asked += len(await asyncio.wait_for(asyncio.gather(*answers), LONG))
    of_file = [
        client.text_document_document_symbol_async(types.DocumentSymbolParams(text_document=own)),
        client.text_document_folding_range_async(types.FoldingRangeParams(text_document=own)),
        client.text_document_code_lens_async(types.CodeLensParams(text_document=own)),
        client.text_document_document_link_async(types.DocumentLinkParams(text_document=own)),
        client.text_document_inlay_hint_async(types.InlayHintParams(text_document=own, range=whole)),
        client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(text_document=own)),
        client.workspace_symbol_async(types.WorkspaceSymbolParams(query="")),
    ]
    asked += len(await asyncio.wait_for(asyncio.gather(*of_file), LONG))
    if offers.diagnostic_provider:
        report = await asyncio.wait_for(client.text_document_diagnostic_async(types.DocumentDiagnosticParams(text_document=own)), LONG)
        assert report.kind == "full", report
    ok(f"{asked} answers are of the types of the protocol")


async def misuse(client, root):
    await refused(client, "nonsense/method", Raw({}), -32601, "an unknown method is refused as such")
    await refused(client, types.TEXT_DOCUMENT_HOVER, Raw({"textDocument": 7}), -32602, "params that are none are refused as such")
    for method in ("nonsense/told", "$/nonsense", types.TEXT_DOCUMENT_DID_CHANGE):
        send(client, json.dumps(dict(jsonrpc="2.0", method=method, params=dict(textDocument=[]))).encode())
    # Bytes that are no message.
    for body in (b"{not json", b"[]", b'"a"', b'{"jsonrpc":"2.0","id":[1],"method":"x"}'):
        send(client, body)
    client.protocol.writer.write(b"Content-Nonsense: 1\r\n\r\n")
    await asyncio.wait_for(client.text_document_hover_async(hover(root)), LONG)
    ok("after what is no message a question is answered")
    await cancelled(client)


async def cancelled(client):
    """Each of some requests that are cancelled at once is answered: by what was asked for, or as cancelled."""
    numbers = [f"cancelled-{n}" for n in range(20)]
    waiting = [raw_request(client, types.WORKSPACE_SYMBOL, dict(query="a"), number) for number in numbers]
    for number in (*numbers, "never-asked"):
        client.cancel_request(types.CancelParams(id=number))
    for answer in await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), LONG):
        assert not isinstance(answer, Exception) or answer.code == -32800, answer
    answer = await asyncio.wait_for(client.workspace_symbol_async(types.WorkspaceSymbolParams(query="")), LONG)
    assert answer, "no symbols"
    ok("cancelled requests are answered, and so is one after them")


async def end(client, root):
    await asyncio.wait_for(client.shutdown_async(None), LONG)
    await refused(client, types.TEXT_DOCUMENT_HOVER, hover(root), -32600, "after shutdown a request is refused")
    client.exit(None)
    code = await asyncio.wait_for(client._server.wait(), LONG)
    assert code == 0, f"it ends with {code}"
    ok("after shutdown and exit it ends with 0")


async def main(program, root, name):
    root = pathlib.Path(root).resolve()
    client, answer = await start(program, root, name)
    await questions(client, root, answer.capabilities)
    await misuse(client, root)
    await end(client, root)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
