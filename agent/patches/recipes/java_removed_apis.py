"""Calls of Java API that newer JDKs no longer have, or warn of, become their successors.

Before
------
    Long id = new Long(text);
    total.setScale(2, BigDecimal.ROUND_HALF_UP);
    String key = new sun.misc.BASE64Encoder().encode(bytes);

After
-----
    Long id = Long.valueOf(text);
    total.setScale(2, RoundingMode.HALF_UP);
    String key = Base64.getMimeEncoder().encodeToString(bytes);

Why
---
What is deprecated for removal is gone with one of the next releases, and what is gone keeps the code on an old JDK. All
successors have been there since Java 8, so that the patches stand before the way to Java 17 and apply without it.

OpenRewrite does it, with the types of every call known (migrate-java 2.31.1 and static-analysis 1.21.1, the newest under
Apache-2.0). Where it cannot run (Gradle, no Maven, no network), wrapper constructors, rounding constants and the old Base64
encoder are replaced from the text alone.

When not
--------
Where code compares boxed numbers with ``==``: ``valueOf`` gives the same object twice for small numbers. Tests are left as
they are. ``sun.misc.BASE64Decoder`` without OpenRewrite, finalizers and the security manager are left to people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, apply_edits, left
from agent.patches.java_rewriting import rewritten_sources
from agent.patches.java_source import JavaSource, read_java_source
from agent.patches.openrewrite import Chosen
from agent.ports import Codebase

__all__ = ["RECIPE", "JavaRemovedApis"]

_MIGRATE = "org.openrewrite.java.migrate"
_CHOSEN = (
    Chosen(f"{_MIGRATE}.UseJavaUtilBase64", {"useMimeCoder": "true"}),
    Chosen("org.openrewrite.staticanalysis.BigDecimalRoundingConstantsToEnums"),
    Chosen("org.openrewrite.staticanalysis.PrimitiveWrapperClassConstructorToValueOf"),
    *(
        Chosen(f"{_MIGRATE}.{name}")
        for name in (
            "ReferenceCloneMethod ThreadStopDestroy RemovedPolicy RemovedSecurityManagerMethods InternalBindPackages "
            "RemovedRuntimeTraceMethods RemovedToolProviderConstructor DeprecatedJavaxSecurityCert "
            "RemovedLegacySunJSSEProviderName RemovedZipFinalizeMethods RemovedFileIOFinalizeMethods "
            "SunNetSslPackageUnavailable Jre17AgentMainPreMainPublic ArrayStoreExceptionToTypeNotPresentException "
            "net.JavaNetAPIs"
        ).split()
    ),
)
# Float has no valueOf for a double
_WRAPPERS = frozenset({"Integer", "Long", "Short", "Byte", "Double", "Boolean", "Character"})
_SPEAKS = re.compile(
    r"new\s{1,9}(?:java\.lang\.)?(?:Integer|Long|Short|Byte|Float|Double|Boolean|Character)\b|BASE64(?:En|De)coder|\bROUND_[HUDCF]"
)
_OLD = re.compile(
    _SPEAKS.pattern
    + r"|\.(?:stop|destroy|clone)\(|javax\.security\.(?:cert|auth\.Policy)|SecurityManager|\.traceInstructions\("
    r"|com\.sun\.(?:net\.ssl|xml\.internal)|new ToolProvider\b|\.finalize\(\)|URL(?:En|De)coder\.|\b(?:agentmain|premain)\b|ArrayStoreException"
)
_ROUNDING = re.compile(r"\bBigDecimal\.ROUND_(UP|DOWN|CEILING|FLOOR|HALF_UP|HALF_DOWN|HALF_EVEN|UNNECESSARY)\b")


class JavaRemovedApis:
    """One proposal a file, by OpenRewrite or, without it, by our own means."""

    id = "java-removed-apis"
    title = "Replace Java API that newer JDKs no longer have"
    languages = frozenset({"java"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        why = "Deprecated API goes with one of the next JDKs; its successors have been there since Java 8."
        title = "Replace outdated Java API"
        return rewritten_sources(code, self.id, title, why, _CHOSEN, _OLD, lambda paths: _by_text(code, paths))


def _by_text(code: Codebase, paths: Sequence[str]) -> tuple[Sequence[FileChange], Sequence[Left]]:
    changes: list[FileChange] = []
    notes: list[Left] = []
    for path in paths:
        text = code.text(path)
        if text is None or _SPEAKS.search(text) is None:
            continue
        source = read_java_source(path, text)
        if source is None:
            notes.append(left(path, 1, "the file does not parse, and uses API that newer JDKs no longer have"))
            continue
        after = apply_edits(text, _edits(source, notes))
        if after != text and read_java_source(path, after) is not None:
            changes.append(FileChange(path=path, before=text, after=after))
    return changes, notes


def _edits(source: JavaSource, notes: list[Left]) -> Iterator[Edit]:
    imports = source.imports()
    own = {
        source.said(node.child_by_field_name("name")) for node in source.nodes("class_declaration", "enum_declaration")
    }
    for node in source.nodes("object_creation_expression"):
        kind = source.said(node.child_by_field_name("type"))
        simple = kind.removeprefix("java.lang.")
        if (
            simple in _WRAPPERS
            and simple not in own
            and imports.get(simple, f"java.lang.{simple}") == f"java.lang.{simple}"
        ):
            arguments = node.child_by_field_name("arguments")
            if arguments.named_child_count == 1 and not any(child.type == "class_body" for child in node.children):
                yield Edit(node.start_byte, arguments.start_byte, f"{kind}.valueOf")
        elif kind.endswith("BASE64Encoder") and imports.get(kind, kind).startswith("sun.misc."):
            yield from _encoder(source, node, notes)
        elif kind.endswith("BASE64Decoder") and imports.get(kind, kind).startswith("sun.misc."):
            text = "sun.misc.BASE64Decoder left the JDK: java.util.Base64.getMimeDecoder() throws other exceptions"
            notes.append(left(source.path, int(node.start_point[0]) + 1, text))
    if imports.get("BigDecimal") == "java.math.BigDecimal":
        for node in source.nodes("field_access"):
            match = _ROUNDING.fullmatch(source.said(node))
            # As the second of two arguments or more it is a rounding mode; as a number of its own it stays.
            if match is not None and node.parent.type == "argument_list" and node.prev_named_sibling is not None:
                called = source.said(node.parent.parent.child_by_field_name("name"))
                if called in ("setScale", "divide"):
                    yield Edit(node.start_byte, node.end_byte, f"java.math.RoundingMode.{match[1]}")


def _encoder(source: JavaSource, node: object, notes: list[Left]) -> Iterator[Edit]:
    created = node  # new BASE64Encoder()
    call = created.parent  # type: ignore[attr-defined]
    name = source.said(call.child_by_field_name("name")) if call.type == "method_invocation" else ""
    arguments = call.child_by_field_name("arguments") if name else None
    if name == "encode" and arguments is not None and arguments.named_child_count == 1:
        # The old encoder, too, broke its lines after 76 characters with the platform's line end.
        yield Edit(
            call.start_byte,
            arguments.start_byte,
            "java.util.Base64.getMimeEncoder(76, System.lineSeparator().getBytes()).encodeToString",
        )
    else:
        text = "sun.misc.BASE64Encoder left the JDK: use java.util.Base64"
        notes.append(left(source.path, int(call.start_point[0]) + 1, text))


RECIPE = JavaRemovedApis()
