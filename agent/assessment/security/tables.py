"""The security rules that are one pattern each, by topic: regular expressions on source without comments.

A pattern names what it must not match too: a rule that cries wolf is read once.
"""

from __future__ import annotations

import re

from agent.assessment.reading import Pattern

__all__ = ["PATTERNS"]

_PY = frozenset({"python"})
_JAVA = frozenset({"java", "kotlin", "groovy", "scala"})
_JS = frozenset({"javascript", "typescript"})
_PHP = frozenset({"php"})
_NET = frozenset({"csharp", "vb.net"})
_SET = frozenset({"properties", "ini", "yaml", "env", "toml", "dockerfile"})
_DEVELOPMENT = re.compile(
    r"(?i)(?:^|[/._-])(?:dev|devel|development|local|debug|testing|tests?|ci|sandbox)(?:[/._-]|$)"
)


def _p(
    rule: str,
    languages: frozenset[str],
    needles: str,
    regex: str,
    say: str,
    *,
    unless: str = "",
    absent: str = "",
    strings: bool = False,
    not_paths: re.Pattern[str] | None = None,
    near: str = "",
    flags: int = 0,
) -> Pattern:
    return Pattern(
        f"security.{rule}", languages, tuple(needles.lower().split()), re.compile(regex, flags | re.MULTILINE), say,
        re.compile(unless) if unless else None, re.compile(absent) if absent else None, strings, None, not_paths, re.compile(near) if near else None,
    )  # fmt: skip


_INJECTIONS = (
    _p("deserialization", _PY, "pickle", r"\b(?:c?[pP]ickle|dill|_pickle)\.(?:loads?|Unpickler)[ \t]*\(", "pickle is read"),
    _p("deserialization", _PY, "marshal.load", r"\bmarshal\.loads?[ \t]*\(", "marshal is read"),
    _p("deserialization", _PY, "shelve.open jsonpickle.decode", r"\bshelve\.open[ \t]*\(|\bjsonpickle\.decode[ \t]*\(", "pickles are read"),
    _p("deserialization", _PY, "yaml.load", r"\byaml\.(?:load|load_all)[ \t]*\(", "yaml.load without a safe loader", unless=r"Safe|SAFE|BaseLoader"),
    _p("deserialization", _PY, "yaml", r"\byaml\.(?:unsafe_load|full_load)[ \t]*\(", "yaml with any object"),
    _p("deserialization", _JAVA, "objectinputstream xmldecoder", r"\bnew[ \t]+(?:[\w.]+\.)?(?:ObjectInputStream|XMLDecoder)[ \t]*\(", "Java objects are read"),
    _p("deserialization", _PHP, "unserialize", r"(?<![\w>:$])unserialize[ \t]*\(", "unserialize", unless=r"allowed_classes|function\s+unserialize"),
    _p("deserialization", _NET, "binaryformatter losformatter netdatacontract soapformatter",
       r"\bnew[ \t]+(?:BinaryFormatter|LosFormatter|NetDataContractSerializer|SoapFormatter)\b", ".NET objects are read"),
    _p("deserialization", frozenset({"ruby"}), "marshal.load yaml.load", r"\bMarshal\.load\b|\bYAML\.(?:load|unsafe_load)\b", "Ruby objects are read"),
    _p("deserialization", _JS, "serialize", r"\b(?:serialize|nodeSerialize)\.unserialize[ \t]*\(", "node-serialize is read"),
    _p("code-evaluation", _PY, "eval exec", r"(?<![\w.])(?:eval|exec)[ \t]*\((?![ \t]*(?:[rbuRBU]?[\"'])(?:[^\"'\\\n]|\\.)*[\"'][ \t]*[,)])(?=[^)\n])", "eval or exec", unless=r"\bdef\s+(?:eval|exec)\b"),
    _p("code-evaluation", _JS, "eval( function(", r"(?<![\w.$])eval[ \t]*\((?![ \t]*[\"'][^\"']*[\"'][ \t]*\))|\bnew[ \t]+Function[ \t]*\((?![ \t]*\))", "eval"),
    _p("code-evaluation", _PHP, "eval( create_function preg_replace", r"(?<![\w>:$])(?:eval|create_function)[ \t]*\((?=[^)]*\$)|\bpreg_replace[ \t]*\([ \t]*(['\"])/[^'\"\n]*/[a-df-z]*e[a-z]*\1", "eval"),
    _p("code-evaluation", frozenset({"ruby", "perl"}), "eval", r"(?<![\w.:$])eval[ \t]*\(?[ \t]*(?:\"[^\"\n]*(?:#\{|\$)|\$\w+|params\b)", "eval"),
    _p("unescaped-output", _PHP, "$_get $_post $_request $_cookie", r"\b(?:echo|print)\b[ \t(]*(?:[\"'][^\"'\n;]*[\"'][ \t]*\.[ \t]*)?\$_(?:GET|POST|REQUEST|COOKIE)\b"
       r"|\b(?:echo|print)\b[ \t]+(?:isset|!?[ \t]*empty)[ \t]*\([ \t]*\$_(?:GET|POST|REQUEST)\[[^\]]*\][ \t]*\)[ \t]*\?[ \t]*\$_(?:GET|POST|REQUEST)\b|(?<=<\?=)[ \t]*\$_(?:GET|POST|REQUEST|COOKIE)\b",
       "request value in the page", unless=r"htmlspecialchars|htmlentities|\(int\)|intval|json_encode|urlencode|\bh\(|\be\("),
    _p("unescaped-output", frozenset({"jsp"}), "getparameter", r"<%=[ \t\n]*request\.getParameter[ \t]*\(|\$\{[ \t]*param\.\w+[ \t]*\}(?![\"'][ \t]*/>)", "request parameter in the page",
       unless=r"escape|encode|<c:(?:if|when|set|url|param|out)|test=|value=\"\$\{param|fn:escapeXml"),
    _p("unescaped-output", _JS, "req.", r"\bres\.(?:send|write|end)[ \t]*\((?:[^;\n()]|String\(|decodeURIComponent\()*?(?:[+`]|\$\{)(?:[^;\n()]|String\(|decodeURIComponent\()*?\breq\.(?:query|params|body)\b", "request value in the answer", unless=r"escape|encode|json"),
    _p("path-traversal", _PHP, "$_get $_post $_request", r"\b(?:include|include_once|require|require_once|fopen|readfile|file_get_contents|unlink|file)\b[ \t(]+[^;\n]*\$_(?:GET|POST|REQUEST)\b",
       "file named by the request", unless=r"basename|in_array|preg_match|intval|\(int\)|realpath"),
    _p("path-traversal", _JS, "req.", r"\b(?:readFile|readFileSync|createReadStream|sendFile|download|unlink)[ \t]*\([^;\n]*\breq\.(?:query|params|body)\b", "file named by the request",
       unless=r"basename|root:"),
    _p("path-traversal", _PY, "request.", r"(?<![\w.])(?:open|send_file)[ \t]*\([^\n]*\brequest\.(?:args|form|values|GET|POST|params)\b", "file named by the request", unless=r"basename|secure_filename"),
    _p("path-traversal", _JAVA, "getparameter", r"\bnew[ \t]+(?:java\.io\.)?(?:File|FileInputStream|FileReader|FileOutputStream)[ \t]*\([^;\n]*\.getParameter[ \t]*\(", "file named by the request"),
    _p("open-redirect", _PHP, "location", r"\bheader[ \t]*\([ \t]*[\"']Location:[^;\n]*\$_(?:GET|POST|REQUEST)\b", "redirect to the request's value", unless=r"in_array|preg_match|strpos|urlencode"),
    _p("open-redirect", _PHP, "$_get $_post $_request", r"\b(?:go|redirect)[ \t]*\([^;\n]*\$_(?:GET|POST|REQUEST)\[[^\]\n]*(?:back|url|next|return|redirect|goto|target|dest)[^\]\n]*\]", "redirect to the request's value",
       unless=r"urlencode"),
    _p("open-redirect", _JS, "redirect", r"\bres\.redirect[ \t]*\([ \t]*(?:\d+[ \t]*,[ \t]*)?req\.(?:query|params|body)\b", "redirect to the request's value"),
    _p("open-redirect", _PY, "redirect", r"\bredirect[ \t]*\([ \t]*request\.(?:args|form|values|GET|POST)\b", "redirect to the request's value"),
    _p("open-redirect", _JAVA, "sendredirect", r"\.sendRedirect[ \t]*\([ \t]*\w+\.getParameter[ \t]*\(", "redirect to the request's value"),
    _p("xml-entities", _JAVA, "documentbuilderfactory saxparserfactory xmlinputfactory saxreader saxbuilder",
       r"\b(?:DocumentBuilderFactory|SAXParserFactory|XMLInputFactory)\.new(?:Instance|Factory|DefaultInstance)[ \t]*\(|\bnew[ \t]+(?:SAXReader|SAXBuilder)[ \t]*\(", "parser with the default features",
       absent=r"disallow-doctype-decl|FEATURE_SECURE_PROCESSING|ACCESS_EXTERNAL_DTD|SUPPORT_DTD|external-general-entities|setExpandEntityReferences\(false",
       near=r"\.getResource(?:AsStream)?[ \t]*\("),
)  # fmt: skip

_CRYPTO = (
    _p("weak-cipher", _JAVA, "getinstance", r"\b(?:Cipher|KeyGenerator|SecretKeyFactory)\.getInstance[ \t]*\([ \t]*\"(?:DES|DESede|RC2|RC4|ARCFOUR|Blowfish|AES/ECB|PBEWithMD5AndDES)[^\"]*\"", "weak cipher"),
    _p("weak-cipher", _JAVA, "getinstance", r"\bCipher\.getInstance[ \t]*\([ \t]*\"AES\"", "AES without a mode is ECB"),
    _p("weak-cipher", _PY, "des arc4 mode_ecb blowfish arc2 ecb(", r"\b(?:DES3?|ARC4|ARC2|Blowfish)\.new[ \t]*\(|\bAES\.MODE_ECB\b|\bmodes\.ECB[ \t]*\(|\balgorithms\.(?:TripleDES|ARC4|Blowfish)[ \t]*\(|(?<![\w.])des\.(?:new|DES)[ \t]*\(", "weak cipher or mode"),
    _p("weak-cipher", _JS, "createcipher createdecipher", r"\bcreate(?:C|Dec)ipher[ \t]*\(|\bcreate(?:C|Dec)ipheriv[ \t]*\([ \t]*[\"'`](?:des|rc4|rc2|bf|[\w-]*-ecb)", "weak cipher or mode"),
    _p("weak-cipher", _PHP, "mcrypt openssl_", r"\bmcrypt_(?:encrypt|decrypt|ecb|cbc|generic)[ \t]*\(|\bopenssl_(?:en|de)crypt[ \t]*\([^;\n]*[\"'](?:des|rc4|rc2|bf|[\w-]*-ecb)", "weak cipher or mode", flags=re.IGNORECASE),
    _p("weak-cipher", _NET, "cryptoserviceprovider descry tripledes rc2 ciphermode.ecb des.create", r"\bnew[ \t]+(?:DES|TripleDES|RC2)CryptoServiceProvider\b|\b(?:DES|TripleDES|RC2)\.Create[ \t]*\(|\bCipherMode\.ECB\b", "weak cipher or mode"),
    _p("weak-cipher", frozenset({"go"}), "des. rc4.", r"\b(?:des\.New(?:TripleDES)?Cipher|rc4\.NewCipher)[ \t]*\(", "weak cipher"),
    _p("weak-cipher", _JAVA, "useSSL sslv3", r"\bSSLContext\.getInstance[ \t]*\([ \t]*\"(?:SSL|SSLv3|TLSv1|TLSv1\.1)\"", "outdated protocol"),
)  # fmt: skip

_TRANSPORT = (
    _p("tls-off", _PY, "verify=", r"\bverify[ \t]*=[ \t]*False\b", "verify=False", unless=r"def |jwt|decode"),
    _p("tls-off", _PY, "cert_none _create_unverified check_hostname ssl_cert_reqs", r"\bcert_reqs[ \t]*=[ \t]*(?:ssl\.)?CERT_NONE\b|\bverify_mode[ \t]*=[ \t]*(?:ssl\.)?CERT_NONE\b|\b_create_unverified_context\b|\bcheck_hostname[ \t]*=[ \t]*False\b", "verification off"),
    _p("tls-off", _JS, "rejectunauthorized node_tls_reject", r"\brejectUnauthorized[\"']?[ \t]*:[ \t]*false\b|\bNODE_TLS_REJECT_UNAUTHORIZED\b[\"'\]]*[ \t]*=[ \t]*[\"']?0", "verification off"),
    _p("tls-off", _SET | frozenset({"shell"}), "node_tls_reject", r"\bNODE_TLS_REJECT_UNAUTHORIZED[ \t]*[=:][ \t]*[\"']?0", "verification off", strings=True),
    _p("tls-off", _PHP, "verifypeer verifyhost verify_peer verify", r"\bCURLOPT_SSL_VERIFY(?:PEER|HOST)[ \t]*(?:,|=>)[ \t]*(?:false|FALSE|0)\b|[\"']verify_peer(?:_name)?[\"'][ \t]*=>[ \t]*(?:false|FALSE|0)\b", "verification off"),
    _p("tls-off", frozenset({"go"}), "insecureskipverify", r"\bInsecureSkipVerify[ \t]*:[ \t]*true\b", "verification off"),
    _p("tls-off", frozenset({"ruby"}), "verify_none", r"\bVERIFY_NONE\b", "verification off"),
    _p("tls-off", _NET, "certificatevalidationcallback dangerousaccept", r"\bServerCertificate(?:Custom)?ValidationCallback[ \t]*\+?=[^;\n]*(?:=>[ \t]*true|return[ \t]+true|Function\([^)\n]*\)[ \t]*True)|\bDangerousAcceptAnyServerCertificateValidator\b", "verification off"),
    _p("tls-off", _JAVA, "hostname checkservertrusted trustall noophost", r"\bALLOW_ALL_HOSTNAME_VERIFIER\b|\bNoopHostnameVerifier\b|\bcheckServerTrusted[ \t]*\([^)\n]*\)[ \t]*(?:throws[ \t]+[\w., \t]+)?\{[ \t\n]*\}|\bsetHostnameVerifier[ \t]*\([^;\n]*->[ \t]*true", "verification off"),
    _p("tls-off", frozenset({"shell"}), "curl wget", r"\bcurl\b[^\n|;]*[ \t](?:-k|--insecure)\b|\bwget\b[^\n|;]*--no-check-certificate\b", "verification off", strings=True),
    _p("plain-text-protocol", _PY, "ftplib telnetlib", r"\bftplib\.FTP[ \t]*\(|\btelnetlib\.Telnet[ \t]*\(", "unencrypted protocol"),
    _p("plain-text-protocol", _PY, "smtplib.smtp(", r"\bsmtplib\.SMTP[ \t]*\((?![ \t]*[\"']?(?:localhost|127\.))", "mail without STARTTLS", absent=r"\.starttls\(|SMTP_SSL"),
    _p("plain-text-protocol", _JAVA, "ftpclient telnetclient", r"\bnew[ \t]+(?:[\w.]+\.)?(?:FTPClient|TelnetClient)[ \t]*\(", "unencrypted protocol"),
    _p("plain-text-protocol", _PHP, "ftp_connect ftp_login", r"(?<![\w>:$])ftp_connect[ \t]*\(", "FTP"),
    _p("plain-text-protocol", frozenset({"perl"}), "net::ftp net::telnet", r"\bNet::(?:FTP|Telnet)->new\b", "unencrypted protocol"),
    _p("plain-text-protocol", _JAVA | _PY | _JS | _PHP | _NET | _SET | frozenset({"ruby", "go", "perl", "xml"}), "ftp:// ldap:// telnet://",
       r"\b(?:ftp|ldap|telnet)://(?!localhost|127\.|0\.0\.0\.0|\[::1|example\.|ftp\.(?:gnu|debian|kernel)\.)[\w\[$%{][\w.\-]*", "unencrypted address", strings=True,
       unless=r"(?i)xmlns|schema|namespace|regex|re\.compile|startswith|\bin\b|==|match\("),
    _p("plain-text-protocol", _JAVA | _PY | _JS | _PHP | _NET | _SET | frozenset({"ruby", "go"}), "redis:// amqp:// mqtt:// stomp:// memcached://",
       r"\b(?:redis|amqp|mqtt|stomp|memcached)://(?:[^@\s/\"']{0,80}@)?(?!localhost|127\.|0\.0\.0\.0|\[::1|example\.)(?:\d{1,3}\.\d|[\w-]+\.[\w.-])", "store or queue without TLS", strings=True),
    _p("plain-text-protocol", _JAVA | _PY | _JS | _PHP | _NET | _SET | frozenset({"xml"}), "usessl=false sslmode=disable encrypt=false ssl_mode=disabled",
       r"(?i)\b(?:useSSL=false|sslmode=disable|Encrypt=false|ssl-?mode=disabled)\b", "TLS to the database is off", strings=True),
    _p("plain-text-protocol", _SET, "http://",
       r"(?i)^[ \t]*(?:-[ \t]+|export[ \t]+|ENV[ \t]+)?[\"']?[\w.-]{0,80}(?:url|uri|endpoint|wsdl|host|server|service|api)[\w.-]{0,40}[\"']?[ \t]*[:=][ \t]*[\"']?http://(?!localhost|127\.|0\.0\.0\.0|\[::1|host\.docker|[\w-]+[:/\s\"']|[\w-]+$|(?:www\.)?w3\.org|schemas?\.|xml\.|[\w.-]*\.(?:apache|sun|springframework|maven|example|microsoft)\.)",
       "address without TLS", strings=True),
)  # fmt: skip

_WEB = (
    _p("debug", _PY, "debug", r"^DEBUG[ \t]*=[ \t]*True\b", "DEBUG = True", not_paths=_DEVELOPMENT),
    _p("debug", _PY, "debug", r"\.run[ \t]*\([^)\n]*\bdebug[ \t]*=[ \t]*True\b|\bapp\.debug[ \t]*=[ \t]*True\b|\.config\[[\"']DEBUG[\"']\][ \t]*=[ \t]*True\b", "debug=True", not_paths=_DEVELOPMENT),
    _p("debug", _PHP, "display_errors", r"\bini_set[ \t]*\([ \t]*[\"']display_errors[\"'][ \t]*,[ \t]*(?:[\"']?(?:1|on|true|stdout)\b)", "display_errors", not_paths=_DEVELOPMENT, flags=re.IGNORECASE),
    _p("debug", frozenset({"env"}), "app_debug", r"^[ \t]*APP_DEBUG[ \t]*=[ \t]*[\"']?true", "APP_DEBUG", strings=True, not_paths=_DEVELOPMENT),
    _p("debug", frozenset({"xml"}), "debug customerrors", r"<compilation\b[^>]*\bdebug=\"true\"|<customErrors\b[^>]*\bmode=\"Off\"", "ASP.NET debugging", strings=True, not_paths=_DEVELOPMENT),
    _p("debug", _SET, "console exposure", r"^[ \t]*spring\.h2\.console\.enabled[ \t]*[=:][ \t]*true|^[ \t]*management\.endpoints\.web\.exposure\.include[ \t]*[=:][ \t]*[\"']?\*", "console or all endpoints open", strings=True, not_paths=_DEVELOPMENT),
    _p("open-cors", _PY, "cors", r"^[ \t]*CORS_(?:ALLOW_ALL_ORIGINS|ORIGIN_ALLOW_ALL)[ \t]*=[ \t]*True\b|\ballow_origins[ \t]*=[ \t]*\[[ \t]*[\"']\*[\"']|(?<![\w.])CORS[ \t]*\([ \t]*\w+[ \t]*\)", "any origin", not_paths=_DEVELOPMENT),
    _p("open-cors", _JS, "cors", r"\.use[ \t]*\([ \t]*cors[ \t]*\([ \t]*\)|\borigin[ \t]*:[ \t]*[\"']\*[\"']", "any origin"),
    _p("open-cors", _JAVA, "crossorigin allowedorigin", r"@CrossOrigin\b(?![ \t]*\()|@CrossOrigin[ \t]*\([^)\n]*[\"']\*[\"']|\.(?:allowedOrigins|addAllowedOrigin|allowedOriginPatterns)[ \t]*\([ \t]*\"\*\"", "any origin"),
    _p("open-cors", _NET, "allowanyorigin", r"\.AllowAnyOrigin[ \t]*\(", "any origin"),
    _p("open-cors", _JAVA | _PY | _JS | _PHP | _NET | frozenset({"go", "ruby", "perl"}), "access-control-allow-origin",
       r"[\"']?Access-Control-Allow-Origin[\"']?\]?[ \t]*[:,=>]{1,3}[ \t]*[\"']?[ \t]*\*", "any origin", strings=True),
    _p("cookie", _PY, "cookie_secure cookie_httponly", r"^[ \t]*(?:SESSION|CSRF|LANGUAGE|REMEMBER)_COOKIE_(?:SECURE|HTTPONLY)[ \t]*=[ \t]*False\b|\bconfig\[[\"']SESSION_COOKIE_(?:SECURE|HTTPONLY)[\"']\][ \t]*=[ \t]*False\b", "flag off", not_paths=_DEVELOPMENT),
    _p("cookie", _JS, "cookie", r"\bcookie\b[^;]{0,200}?\b(?:secure|httpOnly)[ \t]*:[ \t]*false\b", "flag off"),
    _p("cookie", _PHP, "session.cookie_", r"\bini_set[ \t]*\([ \t]*[\"']session\.cookie_(?:secure|httponly)[\"'][ \t]*,[ \t]*[\"']?(?:0|off|false)", "flag off", flags=re.IGNORECASE),
    _p("cookie", frozenset({"xml"}), "cookie", r"<(?:http-only|secure)>[ \t\n]*false|<httpCookies\b[^>]*(?:httpOnlyCookies|requireSSL)=\"false\"", "flag off", strings=True),
    _p("cookie", _SET, "cookie", r"^[ \t]*(?:server\.servlet\.session\.cookie\.(?:secure|http-only)|session\.cookie_(?:secure|httponly))[ \t]*[=:][ \t]*(?:false|0|off)\b", "flag off", strings=True, flags=re.IGNORECASE),
    _p("csrf-off", _PY, "csrf", r"@(?:[\w]+\.)?(?:csrf_exempt|csrf\.exempt)\b|^[ \t]*WTF_CSRF_ENABLED[ \t]*=[ \t]*False\b|\bcsrf_exempt[ \t]*\(", "exempt", not_paths=_DEVELOPMENT, unless=r"\bdef\s|\bimport\b"),
    _p("csrf-off", _JAVA, "csrf", r"\.csrf[ \t]*\([ \t]*\)[ \t\n]*\.disable[ \t]*\(|\bcsrf[ \t]*\([ \t]*(?:\w+[ \t]*->[ \t]*\w+\.disable|AbstractHttpConfigurer::disable|CsrfConfigurer::disable)", "disabled"),
    _p("csrf-off", frozenset({"ruby"}), "authenticity_token protect_from_forgery", r"\bskip_before_action[ \t]+:verify_authenticity_token\b|\bprotect_from_forgery\b[^\n]*with:[ \t]*:null_session", "skipped"),
    _p("csrf-off", frozenset({"xml"}), "csrf", r"<csrf\b[^>]*\bdisabled=\"true\"", "disabled", strings=True),
)  # fmt: skip

_ACCESS = (
    _p("unverified-token", _PY, "jwt", r"[\"']verify_signature[\"'][ \t]*:[ \t]*False\b|\bjwt\.decode[ \t]*\([^\n]*\bverify[ \t]*=[ \t]*False\b", "signature not checked"),
    _p("unverified-token", _PY | _JS | _JAVA | _PHP | frozenset({"go", "ruby"}), "none", r"(?i)\balg(?:orithms?)?[\"']?[ \t]*[:=]{1,2}>?[ \t]*\[?[ \t]*[\"']none[\"']", "algorithm none", unless=r"(?i)!=|!==|reject|throw|raise|not in|deny"),
    _p("unverified-token", _JS, "jwt", r"\b(?:jwt|jsonwebtoken)\.decode[ \t]*\(|\bjwtDecode[ \t]*\(|\bjwt_decode[ \t]*\(", "decoded, verified nowhere", absent=r"\bjwt\.verify\b|jwtVerify\b|express-jwt|passport-jwt"),
    _p("unverified-token", _JAVA, "jwt", r"\bJWT\.decode[ \t]*\(|\bJwts\.parser(?:Builder)?\(\)[^;]{0,200}?\.parse(?:ClaimsJwt|UnsecuredClaims)[ \t]*\(", "decoded, verified nowhere", absent=r"\bJWT\.require\b|\.verify[ \t]*\(|parseClaimsJws|parseSignedClaims"),
    _p("open-store", _SET, "5432 3306 1433 1521 27017 6379 9200 11211 5984 9042 50000", r"^[ \t]*-[ \t]*[\"']?(?:0\.0\.0\.0:)?\d{2,5}:(?:5432|3306|1433|1521|27017|6379|9200|11211|5984|9042)(?:/tcp)?[\"']?[ \t]*$", "port of a store on all addresses", strings=True, not_paths=_DEVELOPMENT),
    _p("open-store", _SET, "allow_empty_password allow_anonymous auth_method protected-mode xpack.security discovery noauth", r"(?i)\b\w*ALLOW_EMPTY_PASSWORD[\"']?[ \t]*[:=][ \t]*[\"']?(?:yes|true|1)\b|\b\w*HOST_AUTH_METHOD[\"']?[ \t]*[:=][ \t]*[\"']?trust\b|^[ \t]*protected-mode[ \t]+no\b|\bxpack\.security\.enabled[\"']?[ \t]*[:=][ \t]*[\"']?false\b|--noauth\b", "no login is asked for", strings=True, not_paths=_DEVELOPMENT),
    _p("open-store", frozenset({"terraform"}), "publicly_accessible 0.0.0.0/0 public_network_access", r"^[ \t]*(?:publicly_accessible[ \t]*=[ \t]*true\b|public_network_access_enabled[ \t]*=[ \t]*true\b|authorized_networks[^\n]*0\.0\.0\.0/0)", "reached from anywhere", strings=True),
)  # fmt: skip

_MAINFRAME = (
    _p("clear-text-password", frozenset({"cobol"}), "pwd passw",
       r"\bIF[ \t]+[\w-]*(?:PASSW|PWD)[\w-]*(?:[ \t]+OF[ \t]+[\w-]+)?[ \t]+(?:NOT[ \t]+)?(?:=|EQUAL)[ \t]+(?:TO[ \t]+)?(?!SPACES?\b|LOW-VALUES?\b|[\"'])[\w-]+", "passwords compared", unless=r"(?m)^.{6}[*/]"),
    _p("secret-in-log", frozenset({"cobol"}), "pwd passw cvv ssn", r"\bDISPLAY\b[^\n]*[ \t](?:[\w-]+-)?(?:PASSW(?:OR)?D|PWD|CVV|SSN)(?:-[\w-]+)?\b", "displayed", unless=r"(?m)^.{6}[*/]"),
    _p("plain-text-protocol", frozenset({"jcl"}), "pgm=ftp", r"^//\w*[ \t]+EXEC[ \t]+PGM=FTP\b", "FTP step"),
)  # fmt: skip

PATTERNS = (*_MAINFRAME, *_INJECTIONS, *_CRYPTO, *_TRANSPORT, *_WEB, *_ACCESS)
