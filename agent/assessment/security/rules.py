"""The rules of the security lens: what each looks for, why it matters, what to do, and its numbers in CWE and OWASP ASVS 4.0.3."""

from __future__ import annotations

from agent.domain.finding import Rule

__all__ = ["BY_ID", "RULES"]

_SECRETS = "Move secrets out of the code and change them"
_INJECTION = "Close the injections"
_CRYPTO = "Replace weak cryptography"
_TRANSPORT = "Encrypt every connection"
_WEB = "Harden the web interface"
_LENS = "security"


def _rule(
    name: str, severity: str, title: str, matches: str, why: str, remedy: str, step: str, *references: str
) -> Rule:
    return Rule(
        id=f"security.{name}", lens=_LENS, severity=severity, title=title, matches=matches, why=why, remedy=remedy,  # type: ignore[arg-type]
        step=step, references=references,
    )  # fmt: skip


RULES = (
    _rule(
        "secret", "high", "A secret is written in the code",
        "Passwords, keys and tokens as literals: formats of known issuers (by detect-secrets), private keys, users with "
        "passwords in addresses, and literals given to names such as `password` or `api_key`. Values are never shown.",
        "Whoever can read the repository, an image made of it or a backup can use it; it cannot be changed without a release.",
        "Read it from the environment or a secret store, change it everywhere it was used, and take it for known.",
        _SECRETS, "CWE-798", "ASVS 2.10.4", "ASVS 6.4.1",
    ),
    _rule(
        "sql-injection", "high", "Values are put into SQL text",
        "A string that is an SQL statement, joined with or formatted from something that is not a constant, where a value stands.",
        "Whoever controls such a value can read or change any row that the account can reach.",
        "Bind the values as parameters; give the account only the rights that its service needs.",
        _INJECTION, "CWE-89", "ASVS 5.3.4",
    ),
    _rule(
        "command-injection", "high", "A command for a shell is put together from values",
        "`os.system`, `subprocess` with `shell=True`, `Runtime.exec`, `child_process.exec`, `shell_exec`, back-ticks and the like "
        "with an argument that is not a constant.",
        "A value with a semicolon or a back-tick in it runs as a command of the server.",
        "Call the program without a shell and with a list of arguments, or use a library instead of the program.",
        _INJECTION, "CWE-78", "ASVS 5.3.8",
    ),
    _rule(
        "code-evaluation", "high", "Text is run as code",
        "`eval`, `exec`, `new Function`, `assert` and `create_function` on something that is not a constant.",
        "Whoever controls the text controls the process.",
        "Replace it by a table of functions, or by a parser for what is really expected.",
        _INJECTION, "CWE-95", "ASVS 5.2.4",
    ),
    _rule(
        "deserialization", "high", "Data is deserialized by a format that can create any object",
        "`pickle`, `marshal`, `yaml.load` without a safe loader, `ObjectInputStream`, `XMLDecoder`, `unserialize`, "
        "`BinaryFormatter`, `Marshal.load`, `node-serialize`.",
        "Bytes from outside can run code while they are read; and the format ties both sides to one language and version.",
        "Use JSON or another format of plain values with a schema; until then accept only signed data.",
        _INJECTION, "CWE-502", "ASVS 5.5.3",
    ),
    _rule(
        "unescaped-output", "high", "A value from the request is written into a page without escaping",
        "`echo $_GET[...]`, `<%= request.getParameter(...) %>` and the same in other template languages.",
        "A link that somebody sends runs a script in the name of whoever follows it.",
        "Escape it for the place where it stands, by the template engine's own default.",
        _INJECTION, "CWE-79", "ASVS 5.3.3",
    ),
    _rule(
        "path-traversal", "high", "A value from the request names a file",
        "Opening, including or sending a file whose name is taken straight from the request.",
        "`../` in the value leads to files that nobody meant to give out.",
        "Look the name up in a list, or keep only its last part and check it against a pattern.",
        _INJECTION, "CWE-22", "ASVS 12.3.1",
    ),
    _rule(
        "open-redirect", "medium", "The request says where it is redirected to",
        "A redirect to an address that is taken straight from the request.",
        "A link to this system leads to somebody else's page: the usual start of a phishing mail.",
        "Allow only paths of this system.",
        _WEB, "CWE-601", "ASVS 5.1.5",
    ),
    _rule(
        "xml-entities", "low", "XML from outside may name files and addresses to load",
        "Java XML parsers made by their factory in a file that switches neither DTDs nor external entities off.",
        "A document can read files of the server or make it call other systems.",
        "Set the feature disallow-doctype-decl, or FEATURE_SECURE_PROCESSING with no external access.",
        _INJECTION, "CWE-611", "ASVS 5.5.2",
    ),
    _rule(
        "weak-password-hash", "high", "Passwords are hashed by a fast function",
        "MD5, SHA-1, SHA-2 or crypt in a statement or function that is about passwords.",
        "All usual passwords of a stolen table are found in hours.",
        "Use Argon2id, scrypt or bcrypt; hash anew when somebody logs in, and expire what is left.",
        _CRYPTO, "CWE-916", "ASVS 2.4.1",
    ),
    _rule(
        "clear-text-password", "high", "Passwords are compared for equality",
        "SQL that looks for a password column equal to a value, or code that compares a stored password for equality.",
        "What is compared for equality is stored as typed, or as a hash that can be looked up.",
        "Store a salted slow hash, fetch it by login and verify it in code.",
        _CRYPTO, "CWE-256", "ASVS 2.4.1",
    ),
    _rule(
        "weak-cipher", "high", "A broken cipher or mode is used",
        "DES, 3DES, RC2, RC4, Blowfish, ECB mode (also where it is the default), ciphers without an initialization vector.",
        "What it hides can be found out; equal blocks stay equal.",
        "Use AES-GCM with a fresh nonce from the platform's library, with keys from a key service.",
        _CRYPTO, "CWE-327", "ASVS 6.2.2",
    ),
    _rule(
        "weak-random", "medium", "Secrets come from a predictable random generator",
        "Non-cryptographic random functions in a statement or function about tokens, passwords, sessions, salts or nonces.",
        "After a few values the next ones can be computed.",
        "Use the platform's cryptographic generator (secrets, SecureRandom, crypto.randomBytes, random_bytes).",
        _CRYPTO, "CWE-338", "ASVS 6.3.1",
    ),
    _rule(
        "tls-off", "high", "Certificates are not verified",
        "Verification switched off: `verify=False`, `CERT_NONE`, `rejectUnauthorized: false`, `CURLOPT_SSL_VERIFYPEER` off, "
        "`InsecureSkipVerify`, trust managers and callbacks that accept everything.",
        "Anybody on the way can read and change what is sent.",
        "Switch verification on and give the private authority's certificate to the client.",
        _TRANSPORT, "CWE-295", "ASVS 9.2.1",
    ),
    _rule(
        "plain-text-protocol", "medium", "Data leaves the process unencrypted",
        "FTP, Telnet, LDAP, SMTP without STARTTLS, and HTTP to hosts other than this one, in code that connects to them; "
        "database connections with TLS switched off.",
        "On a shared network the data and the passwords can be read; in a cloud the network is shared.",
        "Use the protocol's TLS form; where the partner has none, a tunnel with an owner and an end date.",
        _TRANSPORT, "CWE-319", "ASVS 9.1.1",
    ),
    _rule(
        "debug", "medium", "Debug mode is on",
        "Switches of frameworks that show stack traces, settings or a console: `DEBUG = True`, `debug=True`, `display_errors`, "
        "`APP_DEBUG`, H2 console, all actuator endpoints.",
        "An error page shows code, settings and data; some debuggers run code for whoever asks.",
        "Default to off, and switch it on by the environment of development only.",
        _WEB, "CWE-489", "ASVS 14.3.2",
    ),
    _rule(
        "open-cors", "medium", "Any site may call it from a browser",
        "`Access-Control-Allow-Origin: *` and the switches of frameworks for it.",
        "Pages of strangers can read what it answers to a visitor inside the network.",
        "List the origins that need it; the gateway in front is the place.",
        _WEB, "CWE-942", "ASVS 14.5.3",
    ),
    _rule(
        "cookie", "medium", "A cookie lacks Secure or HttpOnly",
        "Cookies set without the flags, or with the flags switched off.",
        "Without Secure it travels unencrypted, without HttpOnly any script of the page reads it.",
        "Set Secure, HttpOnly and SameSite; sessions that two services share belong to the facade.",
        _WEB, "CWE-614", "CWE-1004", "ASVS 3.4.1", "ASVS 3.4.2",
    ),
    _rule(
        "csrf-off", "medium", "Protection against forged requests is switched off",
        "`@csrf_exempt`, `csrf().disable()`, `WTF_CSRF_ENABLED = False`, `skip_before_action :verify_authenticity_token`.",
        "A page of somebody else can act in the name of whoever is logged in.",
        "Switch it on; for calls by machines ask for a token in a header instead of a cookie.",
        _WEB, "CWE-352", "ASVS 4.2.2",
    ),
    _rule(
        "unprotected-form", "low", "Forms post without a token against forgery",
        "POST forms of PHP, JSP and plain HTML pages where no form of the system carries a token and no framework adds one.",
        "A page of somebody else can act in the name of whoever is logged in.",
        "Add a token per session and check it in the one place that all posts pass; SameSite cookies help until then.",
        _WEB, "CWE-352", "ASVS 4.2.2",
    ),
    _rule(
        "secret-in-log", "high", "Secrets are written to a log",
        "Log calls with a variable or field whose name says password, token, secret or card number.",
        "Logs are kept longer, copied further and read by more people than the database.",
        "Leave it out; log an identifier instead. Clear the logs that hold it.",
        _SECRETS, "CWE-532", "ASVS 7.1.1",
    ),
    _rule(
        "unverified-token", "high", "A token is read without checking its signature",
        "PyJWT without verification, `jwt.decode` of JavaScript and auth0's Java library where nothing verifies, the algorithm `none`.",
        "Anybody can write a token that says who they are.",
        "Verify signature, issuer, audience and expiry with the library's verifying call and a list of allowed algorithms.",
        _WEB, "CWE-347", "ASVS 3.5.3",
    ),
    _rule(
        "unguarded-route", "medium", "A route lacks the check that its neighbours have",
        "Routes that change something and carry no middleware or decorator for login or role, in a file where at least two others, and more, do.",
        "It was forgotten, or is open on purpose: the facade will show it to everybody.",
        "Give it the check of its neighbours; else say in the code that it is open, and accept the finding.",
        _WEB, "CWE-862", "ASVS 4.1.1",
    ),
    _rule(
        "open-store", "medium", "A data store answers everybody who reaches it",
        "Ports of databases and caches published on all addresses, empty or trusted logins, security of a search engine switched off, and public "
        "database instances or open address ranges in infrastructure code.",
        "On a shared network or in a cloud that is everybody until a firewall says otherwise.",
        "Keep stores on a private network, give each service a login of its own, and bind published ports of development to 127.0.0.1.",
        _TRANSPORT, "CWE-306", "CWE-284", "ASVS 1.4.1",
    ),
)  # fmt: skip

BY_ID = {rule.id: rule for rule in RULES}
