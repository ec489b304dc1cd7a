"""A Maven or Gradle build compiles for Java 17: plugins that run on it, libraries that left the JDK, then the level itself.

Before
------
    <java.version>1.8</java.version>
    ...
    <artifactId>maven-surefire-plugin</artifactId>
    <version>2.12.4</version>

After
-----
    <java.version>17</java.version>
    ...
    <artifactId>maven-surefire-plugin</artifactId>
    <version>2.22.2</version>

Why
---
Java 8 and 11 near the end of their support, libraries drop them (Spring Boot 3 and Jakarta EE need 17), and each release is
faster and smaller in containers. Only values change: what stands around them, comments and blanks stay. Plugins are raised
only where they are known to fail, to pinned versions, so that the patch is the same on every day. What left the JDK with
Java 11 (JAXB, JAX-WS, javax.annotation, javax.activation) is added where sources import it.

The steps are one series, judged as a whole: every test that passed before must pass on a JDK 17 or newer. The recipe
``java-17-apis`` replaces calls in the sources.

When not
--------
For a library whose users are still on Java 8, or with an application server that does not run on 17. CI files are left as
they are: they judge the change. It lists and does not touch what no program can decide: the security manager, finalizers,
``sun.*``, CORBA, Nashorn, JavaFX, version ranges of the enforcer, reflection that will want ``--add-opens``; and an old Error
Prone with a javac of its own is taken out, to be set up again as a plugin of javac.
"""

from __future__ import annotations

from agent.patches.java_series import JavaLevel

__all__ = ["RECIPE"]

RECIPE = JavaLevel(17, default=True)
