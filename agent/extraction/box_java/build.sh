# Compiles the sources and puts them into jars. Words: the folder of the sources, the folder with lib/ that gets the jars, JDK's bin.
set -e
sources=$1; target=$2; bin=$3
work=$(mktemp -d)
"$bin/javac" -nowarn -Xlint:none -source 8 -target 8 -encoding UTF-8 -cp "$target/lib/*" -d "$work" "$sources"/*.java
printf 'Premain-Class: figwright.Agent\nCan-Retransform-Classes: true\nCan-Redefine-Classes: true\n' > "$work/manifest"
"$bin/jar" cfm "$target/agent.jar" "$work/manifest" -C "$work" figwright/Agent.class
"$bin/jar" cf "$target/boot.jar" -C "$work" figwright/boot
"$bin/jar" cf "$target/tools.jar" -C "$work" figwright/tools
