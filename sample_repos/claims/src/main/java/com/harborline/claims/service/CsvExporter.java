package com.harborline.claims.service;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import com.harborline.claims.util.Config;
import com.harborline.claims.util.Utils;

/** Semicolons, because of the spreadsheet of the accountants. */
public class CsvExporter {

    public File write(String name, List<String[]> lines) throws IOException {
        File folder = new File(Config.get("export.path", "/var/claims/export"));
        if (!folder.isDirectory() && !folder.mkdirs()) {
            throw new IOException("no export folder " + folder);
        }
        File file = new File(folder, name);
        try (Writer out = new OutputStreamWriter(new FileOutputStream(file), "windows-1252")) {
            for (String[] line : lines) {
                out.write(Arrays.stream(line).map(Utils::csv).collect(Collectors.joining(";")));
                out.write("\r\n");
            }
        }
        return file;
    }
}
