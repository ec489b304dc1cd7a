package com.harborline.claims.legacy;

import java.util.Date;

import com.harborline.claims.util.Utils;

/*
 * ChequePrinter.java
 * rwk 08/2010
 * Text for the matrix printer, positions of the form HL-17.
 */
public class ChequePrinter {

    private static final String[] s_asOnes = { "", "one", "two", "three", "four", "five", "six", "seven", "eight",
        "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
        "nineteen" };
    private static final String[] s_asTens = { "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy",
        "eighty", "ninety" };

    public static String print(long lNo, String sPayee, long lCents, Date dDay) {
        StringBuffer sb = new StringBuffer();
        sb.append(Utils.padRight("No " + lNo, 50)).append(Utils.DATE_US.format(dDay)).append("\n\n");
        sb.append("Pay to ").append(sPayee).append("\n");
        sb.append(Utils.padRight(words(lCents), 70)).append("$").append(Utils.fmtCents(lCents)).append("\n");
        return sb.toString();
    }

    /** 125050 -> "one thousand two hundred fifty and 50/100" */
    public static String words(long lCents) {
        long l = lCents / 100;
        String s = "";
        if (l >= 1000000) {
            s += hundreds((int) (l / 1000000)) + " million ";
            l = l % 1000000;
        }
        if (l >= 1000) {
            s += hundreds((int) (l / 1000)) + " thousand ";
            l = l % 1000;
        }
        s += hundreds((int) l);
        s = s.trim();
        if (s.length() == 0) {
            s = "zero";
        }
        return s + " and " + Utils.padLeft(String.valueOf(lCents % 100), 2, '0') + "/100";
    }

    private static String hundreds(int n) {
        String s = "";
        if (n >= 100) {
            s = s_asOnes[n / 100] + " hundred ";
            n = n % 100;
        }
        if (n >= 20) {
            s += s_asTens[n / 10];
            if (n % 10 > 0) {
                s += "-" + s_asOnes[n % 10];
            }
        } else {
            s += s_asOnes[n];
        }
        return s.trim();
    }
}
