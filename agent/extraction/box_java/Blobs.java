package figwright.tools;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/** A folder of blobs under the digest of their content, compressed. */
public final class Blobs {
    private final Path folder;

    public Blobs(Path folder) {
        this.folder = folder;
    }

    public static String digest(byte[] content) {
        try {
            StringBuilder found = new StringBuilder();
            for (byte one : MessageDigest.getInstance("SHA-256").digest(content)) {
                found.append(String.format("%02x", one));
            }
            return found.toString();
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The digest under which it can be had again; empty for nothing. */
    public String put(byte[] content) throws IOException {
        if (content.length == 0) {
            return "";
        }
        String digest = digest(content);
        Path place = folder.resolve(digest.substring(0, 2)).resolve(digest);
        if (!Files.exists(place)) {
            Files.createDirectories(place.getParent());
            Path fresh = Files.createTempFile(place.getParent(), "new", "");
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            DeflaterOutputStream packing = new DeflaterOutputStream(packed);
            packing.write(content);
            packing.close();
            Files.write(fresh, packed.toByteArray());
            Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
        }
        return digest;
    }

    public byte[] get(String digest) throws IOException {
        if (digest == null || digest.isEmpty()) {
            return new byte[0];
        }
        try (InputStream in = new InflaterInputStream(Files.newInputStream(folder.resolve(digest.substring(0, 2)).resolve(digest)))) {
            return all(in);
        }
    }

    public static byte[] all(InputStream in) throws IOException {
        ByteArrayOutputStream found = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            found.write(buffer, 0, n);
        }
        return found.toByteArray();
    }
}
