package com.harborline.claims.util;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.ParseException;
import java.text.SimpleDateFormat;
import java.util.Calendar;
import java.util.Date;
import java.util.List;
import java.util.Locale;

import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpSession;

import com.harborline.claims.model.Claim;
import com.harborline.claims.model.User;

/*
 * Utils.java
 * rwk 10/2009
 *
 * 01/2010  claim numbers
 * 06/2010  short rate table
 * 07/2011  bank code check
 * 03/2014  dok  CSV
 * 11/2016  dok  mail queue, mail() sent directly before (CLM-2071)
 */
public class Utils implements IConstants {

    // shared by all threads. CLM-3007!
    public static final SimpleDateFormat DATE = new SimpleDateFormat("dd.MM.yyyy");
    public static final SimpleDateFormat DATE_US = new SimpleDateFormat("MM/dd/yyyy");
    public static final SimpleDateFormat DATE_ISO = new SimpleDateFormat("yyyy-MM-dd");
    public static final SimpleDateFormat DATE_TIME = new SimpleDateFormat("yyyy-MM-dd HH:mm:ss");

    private static final DecimalFormat MONEY =
            new DecimalFormat("#,##0.00", new DecimalFormatSymbols(Locale.US));

    // ------------------------------------------------------------ strings

    public static boolean isEmpty(String s) {
        return s == null || s.trim().length() == 0;
    }

    public static String nvl(String s) {
        return s == null ? "" : s;
    }

    public static String nvl(String s, String sDef) {
        return isEmpty(s) ? sDef : s;
    }

    public static String padLeft(String s, int nLen, char c) {
        StringBuffer sb = new StringBuffer();
        s = nvl(s);
        for (int i = s.length(); i < nLen; i++) {
            sb.append(c);
        }
        sb.append(s);
        return sb.length() > nLen ? sb.substring(sb.length() - nLen) : sb.toString();
    }

    public static String padRight(String s, int nLen) {
        StringBuffer sb = new StringBuffer(nvl(s));
        while (sb.length() < nLen) {
            sb.append(' ');
        }
        return sb.substring(0, nLen);
    }

    public static String html(String s) {
        if (s == null) {
            return "";
        }
        return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    public static String xml(String s) {
        return html(s).replace("'", "&apos;");
    }

    public static String csv(String s) {
        s = nvl(s);
        if (s.indexOf(';') >= 0 || s.indexOf('"') >= 0 || s.indexOf('\n') >= 0) {
            return "\"" + s.replace("\"", "\"\"") + "\"";
        }
        return s;
    }

    public static String join(List<String> lst, String sSep) {
        StringBuffer sb = new StringBuffer();
        for (int i = 0; i < lst.size(); i++) {
            if (i > 0) {
                sb.append(sSep);
            }
            sb.append(lst.get(i));
        }
        return sb.toString();
    }

    public static long toLong(String s) {
        try {
            return Long.parseLong(nvl(s).trim());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    // ------------------------------------------------------------ dates

    public static String fmtDate(Date d) {
        return d == null ? "" : DATE_ISO.format(d);
    }

    public static String fmtDateTime(Date d) {
        return d == null ? "" : DATE_TIME.format(d);
    }

    /** Takes everything the clerks type: 2012-03-31, 03/31/2012, 31.03.2012. */
    public static Date parseDate(String s) {
        if (isEmpty(s)) {
            return null;
        }
        s = s.trim();
        try {
            if (s.indexOf('-') == 4) {
                return DATE_ISO.parse(s);
            }
            if (s.indexOf('/') > 0) {
                return DATE_US.parse(s);
            }
            return DATE.parse(s);
        } catch (ParseException e) {
            return null;
        }
    }

    public static Date addDays(Date d, int nDays) {
        Calendar cal = Calendar.getInstance();
        cal.setTime(d);
        cal.add(Calendar.DATE, nDays);
        return cal.getTime();
    }

    public static Date addYears(Date d, int nYears) {
        Calendar cal = Calendar.getInstance();
        cal.setTime(d);
        cal.add(Calendar.YEAR, nYears);
        return cal.getTime();
    }

    public static Date today() {
        Calendar cal = Calendar.getInstance();
        cal.set(Calendar.HOUR_OF_DAY, 0);
        cal.set(Calendar.MINUTE, 0);
        cal.set(Calendar.SECOND, 0);
        cal.set(Calendar.MILLISECOND, 0);
        return cal.getTime();
    }

    /** Days between, half a day is added because of the summer time. */
    public static int daysBetween(Date dFrom, Date dTo) {
        return (int) ((dTo.getTime() - dFrom.getTime() + 43200000L) / 86400000L);
    }

    // ------------------------------------------------------------ money

    public static String fmtMoney(double dbl) {
        synchronized (MONEY) {
            return MONEY.format(dbl);
        }
    }

    public static String fmtCents(long lCents) {
        return fmtMoney(lCents / 100.0);
    }

    public static double round2(double dbl) {
        return Math.round(dbl * 100.0) / 100.0;
    }

    public static long toCents(double dbl) {
        return Math.round(dbl * 100.0);
    }

    /** "1,250.00" and "1250" and "$1250.5" */
    public static double parseMoney(String s) {
        if (isEmpty(s)) {
            return 0;
        }
        try {
            return Double.parseDouble(s.replace("$", "").replace(",", "").trim());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    // ------------------------------------------------------------ claims

    /** HL-2012-A-010023, A is the product. Also printed by the mail room. */
    public static String buildClaimNo(String sProduct, Date dLoss, long lNo) {
        Calendar cal = Calendar.getInstance();
        cal.setTime(dLoss);
        return "HL-" + cal.get(Calendar.YEAR) + "-" + sProduct.substring(0, 1)
                + "-" + padLeft(String.valueOf(lNo), 6, '0');
    }

    public static boolean isClaimOpen(String sStatus) {
        return CLM_NEW.equals(sStatus) || CLM_OPEN.equals(sStatus)
                || CLM_WAIT.equals(sStatus) || CLM_REOPENED.equals(sStatus);
    }

    /** Days a claim is open; closed ones count until they were closed. */
    public static int claimAge(Claim clm) {
        Date dEnd = clm.getClosedDate() == null ? today() : clm.getClosedDate();
        return clm.getReportedDate() == null ? 0 : daysBetween(clm.getReportedDate(), dEnd);
    }

    /** Late notice: more than 30 days, home more than 14 (CLM-0390). */
    public static boolean isLateNotice(Date dLoss, Date dReported, String sProduct) {
        int nDays = daysBetween(dLoss, dReported);
        return PROD_HOME.equals(sProduct) ? nDays > 14 : nDays > 30;
    }

    // ------------------------------------------------------------ policies

    /** Check digit of the policy number, weights 7 3 1. */
    public static int policyCheckDigit(String sDigits) {
        int[] an = { 7, 3, 1 };
        int nSum = 0;
        for (int i = 0; i < sDigits.length(); i++) {
            nSum += an[i % 3] * (sDigits.charAt(i) - '0');
        }
        return nSum % 10;
    }

    public static String buildPolicyNo(String sProduct, long lNo) {
        String sDigits = padLeft(String.valueOf(lNo), 8, '0');
        return sProduct.substring(0, 2) + sDigits + policyCheckDigit(sDigits);
    }

    /** Part of the year that was used, short rate for cancelled policies. */
    public static double shortRate(int nDays) {
        if (nDays <= 30) {
            return 0.20;
        }
        if (nDays <= 90) {
            return 0.40;
        }
        if (nDays <= 180) {
            return 0.70;
        }
        if (nDays <= 270) {
            return 0.85;
        }
        return 1.0;
    }

    // ------------------------------------------------------------ payments

    /** Nine digits, weights 3 7 1, sum divisible by ten. */
    public static boolean validBankCode(String sCode) {
        if (sCode == null || sCode.length() != 9) {
            return false;
        }
        int[] an = { 3, 7, 1 };
        int nSum = 0;
        for (int i = 0; i < 9; i++) {
            char c = sCode.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
            nSum += an[i % 3] * (c - '0');
        }
        return nSum > 0 && nSum % 10 == 0;
    }

    public static String maskAccount(String sAccount) {
        if (sAccount == null || sAccount.length() < 5) {
            return "****";
        }
        return "****" + sAccount.substring(sAccount.length() - 4);
    }

    // ------------------------------------------------------------ users

    public static String md5(String s) {
        try {
            MessageDigest md = MessageDigest.getInstance("MD5");
            byte[] ab = md.digest(s.getBytes("UTF-8"));
            StringBuffer sb = new StringBuffer();
            for (int i = 0; i < ab.length; i++) {
                sb.append(Integer.toHexString((ab[i] & 0xff) | 0x100).substring(1));
            }
            return sb.toString();
        } catch (Exception e) {
            return s;
        }
    }

    public static User currentUser(HttpServletRequest req) {
        HttpSession ses = req.getSession(false);
        return ses == null ? null : (User) ses.getAttribute(SES_USER);
    }

    public static String currentLogin(HttpServletRequest req) {
        User usr = currentUser(req);
        return usr == null ? "unknown" : usr.getLogin();
    }

    public static boolean hasRole(User usr, String sRole) {
        if (usr == null) {
            return false;
        }
        return ROLE_ADMIN.equals(usr.getRoleCode()) || sRole.equals(usr.getRoleCode())
                || (ROLE_MANAGER.equals(usr.getRoleCode()) && !ROLE_ADMIN.equals(sRole));
    }

    // ------------------------------------------------------------ audit, mail

    public static void audit(String sWho, String sWhat, String sRef) {
        try {
            DbUtil.update("INSERT INTO AUDIT_LOG (AUDIT_ID, WHO, WHAT, REF_NO, AT_TIME) VALUES (?, ?, ?, ?, ?)",
                    Long.valueOf(DbUtil.nextKey("AUDIT_LOG")), sWho, sWhat, sRef, DbUtil.now());
        } catch (Exception e) {
            // the audit must not stop the work
        }
    }

    public static void mail(String sTo, String sSubject, String sBody) {
        if (isEmpty(sTo)) {
            return;
        }
        try {
            DbUtil.update("INSERT INTO MAIL_QUEUE (MAIL_ID, RECIPIENT, SUBJECT, BODY, CREATED_ON) VALUES (?, ?, ?, ?, ?)",
                    Long.valueOf(DbUtil.nextKey("MAIL_QUEUE")), sTo, sSubject, sBody, DbUtil.now());
        } catch (Exception e) {
            Log.error("mail to " + sTo, e);
        }
        // Transport.send(msg);   the mail server blocked us on 2016-11-03, 1400 mails in the loop
    }

    // ------------------------------------------------------------ files

    public static void copy(InputStream in, File fTo) throws IOException {
        OutputStream out = new FileOutputStream(fTo);
        try {
            byte[] ab = new byte[8192];
            int n;
            while ((n = in.read(ab)) > 0) {
                out.write(ab, 0, n);
            }
        } finally {
            out.close();
        }
    }

    public static void copyFile(File fFrom, File fTo) throws IOException {
        InputStream in = new FileInputStream(fFrom);
        try {
            copy(in, fTo);
        } finally {
            in.close();
        }
    }

    /** Takes path and strange characters away. The browsers of 2010 sent the whole path. */
    public static String safeFileName(String s) {
        s = nvl(s);
        int n = Math.max(s.lastIndexOf('/'), s.lastIndexOf('\\'));
        return s.substring(n + 1).replaceAll("[^A-Za-z0-9._-]", "_");
    }
}
