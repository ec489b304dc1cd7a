package figwright.tools;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Changes classes as they are loaded: who answers requests, who connects to a database, what the time is, which lines run. */
public final class Weaver implements ClassFileTransformer, IntFunction<String> {
    private static final String HOOKS = "figwright/boot/Hooks";
    private static final String HANDLES = "(Ljavax/servlet/http/HttpServletRequest;Ljavax/servlet/http/HttpServletResponse;)V";
    private static final String CONNECTS = "(Ljava/lang/String;Ljava/util/Properties;)Ljava/sql/Connection;";
    private static final String FILTERS = "(Ljavax/servlet/ServletRequest;Ljavax/servlet/ServletResponse;Ljavax/servlet/FilterChain;)V";
    private static final Set<String> VERBS = new HashSet<String>(Arrays.asList(
            "doGet", "doPost", "doPut", "doDelete", "doHead", "doOptions", "doTrace", "service"));
    private static final String[] NEVER = {"figwright/", "org/objectweb/asm/", "org/apache/catalina/", "org/apache/coyote/", "org/apache/tomcat/",
        "org/apache/naming/", "org/eclipse/jdt/", "org/apache/jasper/", "org/apache/juli/", "org/apache/maven/", "org/codehaus/plexus/"};

    private final boolean recording;
    private final boolean frozen;
    private final boolean watched;
    private final List<String> lines = new ArrayList<String>();
    private final java.util.Map<String, Integer> numbers = new java.util.HashMap<String, Integer>();

    private Weaver(String argument) {
        recording = argument.startsWith("record");
        frozen = argument.startsWith("replay");
        watched = argument.endsWith(",watch");
    }

    public static void install(String argument, Instrumentation instrumentation) throws Exception {
        Weaver weaver = new Weaver(argument);
        figwright.boot.Hooks.weaver = weaver;
        instrumentation.addTransformer(weaver, true);
        if (weaver.recording) {
            Recorder.install(argument.substring(argument.indexOf('=') + 1), instrumentation);
        }
        if (weaver.frozen) {
            for (String name : new String[] {"java.util.Date", "java.util.Calendar", "java.util.GregorianCalendar", "java.time.Clock", "java.time.Clock$SystemClock"}) {
                try {
                    instrumentation.retransformClasses(Class.forName(name));
                } catch (ClassNotFoundException absent) {
                    continue;
                }
            }
        }
    }

    /** The line by its number: ``line path``. */
    @Override
    public synchronized String apply(int number) {
        return lines.get(number);
    }

    private synchronized int number(String path, int line) {
        String name = line + " " + path;
        Integer known = numbers.get(name);
        if (known == null) {
            known = lines.size();
            lines.add(name);
            numbers.put(name, known);
        }
        return known;
    }

    @Override
    public byte[] transform(ClassLoader loader, String name, Class<?> before, ProtectionDomain domain, byte[] content) {
        if (name == null || isNever(name)) {
            return null;
        }
        boolean own = name.startsWith("java/") || name.startsWith("jdk/") || name.startsWith("sun/") || name.startsWith("com/sun/");
        if (own && !(frozen && (name.startsWith("java/util/") || name.startsWith("java/time/Clock")))) {
            return null;
        }
        if (own && before == null) {
            return null;
        }
        try {
            ClassReader reader = new ClassReader(content);
            ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
            Changed visitor = new Changed(writer, name, pathOf(loader, name, domain));
            reader.accept(visitor, 0);
            return visitor.changed ? writer.toByteArray() : null;
        } catch (RuntimeException odd) {
            return null;
        }
    }

    private static boolean isNever(String name) {
        for (String start : NEVER) {
            if (name.startsWith(start)) {
                return true;
            }
        }
        return false;
    }

    /** The package's folder when its lines are watched, else null: classes of the served program, and not of its libraries. */
    private String pathOf(ClassLoader loader, String name, ProtectionDomain domain) {
        if (!watched || loader == null || !loader.getClass().getName().startsWith("org.apache.catalina.loader.")) {
            return null;
        }
        boolean library = domain != null && domain.getCodeSource() != null && domain.getCodeSource().getLocation() != null
                && domain.getCodeSource().getLocation().getPath().endsWith(".jar");
        return library ? null : name.substring(0, name.lastIndexOf('/') + 1);
    }

    private final class Changed extends ClassVisitor {
        private final String name;
        private final String folder;
        private String source = "";
        private boolean isInterface;
        private boolean changed;

        Changed(ClassVisitor next, String name, String folder) {
            super(Opcodes.ASM9, next);
            this.name = name;
            this.folder = folder;
        }

        @Override
        public void visit(int version, int access, String own, String signature, String above, String[] interfaces) {
            isInterface = (access & Opcodes.ACC_INTERFACE) != 0;
            super.visit(version, access, own, signature, above, interfaces);
        }

        @Override
        public void visitSource(String file, String debug) {
            source = file == null ? "" : file;
            super.visitSource(file, debug);
        }

        @Override
        public MethodVisitor visitMethod(int access, String method, String descriptor, String signature, String[] exceptions) {
            boolean body = (access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE)) == 0;
            boolean instance = body && !isInterface && (access & Opcodes.ACC_STATIC) == 0;
            if (recording && instance && descriptor.equals(HANDLES) && VERBS.contains(method)) {
                changed = true;
                String renamed = method + "$figwright";
                around(access, method, renamed, descriptor, signature, exceptions);
                int hidden = (access & ~(Opcodes.ACC_PUBLIC | Opcodes.ACC_PROTECTED | Opcodes.ACC_FINAL)) | Opcodes.ACC_PRIVATE | Opcodes.ACC_SYNTHETIC;
                return super.visitMethod(hidden, renamed, descriptor, signature, exceptions);
            }
            MethodVisitor made = super.visitMethod(access, method, descriptor, signature, exceptions);
            if (!body) {
                return made;
            }
            return new ChangedMethod(made, recording && instance && descriptor.equals(CONNECTS) && method.equals("connect"),
                    recording && instance && descriptor.equals(FILTERS) && method.equals("doFilter"));
        }

        private void around(int access, String method, String renamed, String descriptor, String signature, String[] exceptions) {
            MethodVisitor made = super.visitMethod(access, method, descriptor, signature, exceptions);
            made.visitCode();
            made.visitVarInsn(Opcodes.ALOAD, 0);
            made.visitLdcInsn(Type.getObjectType(name));
            made.visitLdcInsn(renamed);
            made.visitLdcInsn(method);
            made.visitVarInsn(Opcodes.ALOAD, 1);
            made.visitVarInsn(Opcodes.ALOAD, 2);
            made.visitMethodInsn(Opcodes.INVOKESTATIC, HOOKS, "around",
                    "(Ljava/lang/Object;Ljava/lang/Class;Ljava/lang/String;Ljava/lang/String;Ljava/lang/Object;Ljava/lang/Object;)V", false);
            made.visitInsn(Opcodes.RETURN);
            made.visitMaxs(0, 0);
            made.visitEnd();
        }

        private final class ChangedMethod extends MethodVisitor {
            private final boolean connects;
            private final boolean filters;
            private int pending;

            ChangedMethod(MethodVisitor next, boolean connects, boolean filters) {
                super(Opcodes.ASM9, next);
                this.connects = connects;
                this.filters = filters;
            }

            @Override
            public void visitCode() {
                super.visitCode();
                if (filters) {
                    changed = true;
                    super.visitVarInsn(Opcodes.ALOAD, 0);
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOKS, "filtered", "(Ljava/lang/Object;)V", false);
                }
                if (connects) {
                    changed = true;
                    super.visitVarInsn(Opcodes.ALOAD, 0);
                    super.visitVarInsn(Opcodes.ALOAD, 1);
                    super.visitVarInsn(Opcodes.ALOAD, 2);
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOKS, "connected", "(Ljava/lang/Object;Ljava/lang/String;Ljava/util/Properties;)V", false);
                }
            }

            @Override
            public void visitLineNumber(int line, Label start) {
                super.visitLineNumber(line, start);
                if (folder != null && !source.isEmpty()) {
                    pending = line;
                }
            }

            /** Before the line's first instruction, behind the frame that may stand between the two. */
            private void count() {
                if (pending > 0) {
                    changed = true;
                    int line = pending;
                    pending = 0;
                    super.visitLdcInsn(number(folder + source, line));
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOKS, "line", "(I)V", false);
                }
            }

            @Override
            public void visitTypeInsn(int opcode, String type) {
                if (opcode == Opcodes.NEW) {
                    // Frames name an object that is not yet made by the place of this instruction: nothing may come between
                    super.visitTypeInsn(opcode, type);
                    count();
                } else {
                    count();
                    super.visitTypeInsn(opcode, type);
                }
            }

            @Override
            public void visitInsn(int opcode) {
                count();
                super.visitInsn(opcode);
            }

            @Override
            public void visitIntInsn(int opcode, int operand) {
                count();
                super.visitIntInsn(opcode, operand);
            }

            @Override
            public void visitVarInsn(int opcode, int variable) {
                count();
                super.visitVarInsn(opcode, variable);
            }

            @Override
            public void visitFieldInsn(int opcode, String owner, String field, String descriptor) {
                count();
                super.visitFieldInsn(opcode, owner, field, descriptor);
            }

            @Override
            public void visitInvokeDynamicInsn(String called, String descriptor, org.objectweb.asm.Handle handle, Object... arguments) {
                count();
                super.visitInvokeDynamicInsn(called, descriptor, handle, arguments);
            }

            @Override
            public void visitJumpInsn(int opcode, Label label) {
                count();
                super.visitJumpInsn(opcode, label);
            }

            @Override
            public void visitLdcInsn(Object value) {
                count();
                super.visitLdcInsn(value);
            }

            @Override
            public void visitIincInsn(int variable, int by) {
                count();
                super.visitIincInsn(variable, by);
            }

            @Override
            public void visitTableSwitchInsn(int min, int max, Label otherwise, Label... labels) {
                count();
                super.visitTableSwitchInsn(min, max, otherwise, labels);
            }

            @Override
            public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] labels) {
                count();
                super.visitLookupSwitchInsn(otherwise, keys, labels);
            }

            @Override
            public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
                count();
                super.visitMultiANewArrayInsn(descriptor, dimensions);
            }

            @Override
            public void visitMethodInsn(int opcode, String owner, String called, String descriptor, boolean ofInterface) {
                count();
                boolean clock = frozen && opcode == Opcodes.INVOKESTATIC;
                if (clock && owner.equals("java/lang/System") && called.equals("currentTimeMillis")) {
                    changed = true;
                    super.visitMethodInsn(opcode, HOOKS, called, descriptor, false);
                    return;
                }
                super.visitMethodInsn(opcode, owner, called, descriptor, ofInterface);
                if (clock && owner.equals("java/time/Clock") && called.equals("currentInstant")) {
                    changed = true;
                }
                if (clock && !name.startsWith("java/") && descriptor.startsWith("()Ljava/time/") && called.equals("now")) {
                    // In place of the answer: the same type at the time at which the clock stands
                    changed = true;
                    super.visitLdcInsn(owner.replace('/', '.'));
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, "figwright/boot/Times", "at", "(Ljava/lang/Object;Ljava/lang/String;)Ljava/lang/Object;", false);
                    super.visitTypeInsn(Opcodes.CHECKCAST, owner);
                }
            }
        }
    }
}
