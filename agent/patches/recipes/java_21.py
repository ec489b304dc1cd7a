"""A Maven or Gradle build that compiles for Java 17 compiles for Java 21.

Before
------
    <maven.compiler.release>17</maven.compiler.release>

After
-----
    <maven.compiler.release>21</maven.compiler.release>

Why
---
Java 21 is the next release with long support: virtual threads, patterns in switch, and fixes that no longer reach 17. The
steps are those of ``java-17``, one series, judged on a JDK 21 or newer.

When not
--------
Where the servers or base images still have 17, or for a library whose users do. Ask for it with ``--recipe java-21``.
"""

from __future__ import annotations

from agent.patches.java_series import JavaLevel

__all__ = ["RECIPE"]

RECIPE = JavaLevel(21, default=False)
