package com.harborline.claims.util;

import java.io.FileWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Date;

/*
 * Log.java
 * rwk 10/2009
 * log4j was too big for us then.
 */
public class Log {

    public static void info(String sMsg) {
        write("INFO ", sMsg, null);
    }

    public static void warn(String sMsg) {
        write("WARN ", sMsg, null);
    }

    public static void error(String sMsg, Throwable t) {
        write("ERROR", sMsg, t);
    }

    private static synchronized void write(String sLevel, String sMsg, Throwable t) {
        String sLine = Utils.fmtDateTime(new Date()) + " " + sLevel + " "
                + Thread.currentThread().getName() + " " + sMsg;
        System.out.println(sLine);
        if (t != null) {
            t.printStackTrace(System.out);
        }
        String sFile = Config.get("log.file", "");
        if (sFile.length() == 0) {
            return;
        }
        PrintWriter out = null;
        try {
            out = new PrintWriter(new FileWriter(sFile, true));
            out.println(sLine);
            if (t != null) {
                t.printStackTrace(out);
            }
        } catch (IOException e) {
            System.out.println("log file not writable: " + sFile);
        } finally {
            if (out != null) {
                out.close();
            }
        }
    }
}
