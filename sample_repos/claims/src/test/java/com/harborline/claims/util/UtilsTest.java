package com.harborline.claims.util;

import static org.junit.Assert.*;

import java.util.Arrays;
import java.util.Date;

import org.junit.Test;

import com.harborline.claims.legacy.ChequePrinter;
import com.harborline.claims.legacy.HtmlBits;
import com.harborline.claims.legacy.RatingTables;
import com.harborline.claims.model.User;

public class UtilsTest {

    @Test
    public void parsesTheThreeDateFormats() {
        Date d = Utils.parseDate("2012-03-31");
        assertEquals(d, Utils.parseDate("03/31/2012"));
        assertEquals(d, Utils.parseDate("31.03.2012"));
        assertNull(Utils.parseDate("tomorrow"));
        assertNull(Utils.parseDate(" "));
    }

    @Test
    public void daysBetween() {
        assertEquals(365, Utils.daysBetween(Utils.parseDate("2013-01-01"), Utils.parseDate("2014-01-01")));
        assertEquals(1, Utils.daysBetween(Utils.parseDate("2019-03-30"), Utils.parseDate("2019-03-31")));
    }

    @Test
    public void money() {
        assertEquals("1,234.50", Utils.fmtMoney(1234.5));
        assertEquals("12.05", Utils.fmtCents(1205));
        assertEquals(1250.0, Utils.parseMoney("$1,250.00"), 0.001);
        assertEquals(-1.0, Utils.parseMoney("a lot"), 0.001);
        assertEquals(1006, Utils.toCents(10.06));
    }

    @Test
    public void padding() {
        assertEquals("00042", Utils.padLeft("42", 5, '0'));
        assertEquals("345", Utils.padLeft("12345", 3, '0'));
        assertEquals("ab   ", Utils.padRight("ab", 5));
        assertEquals("abc", Utils.padRight("abcdef", 3));
    }

    @Test
    public void escaping() {
        assertEquals("&lt;b&gt; &amp; &quot;", Utils.html("<b> & \""));
        assertEquals("O&apos;Neil", Utils.xml("O'Neil"));
        assertEquals("\"a;\"\"b\"\"\"", Utils.csv("a;\"b\""));
        assertEquals("plain", Utils.csv("plain"));
    }

    @Test
    public void claimNumber() {
        assertEquals("HL-2012-A-010023", Utils.buildClaimNo("AUTO", Utils.parseDate("2012-03-31"), 10023));
    }

    @Test
    public void policyNumberHasCheckDigit() {
        String no = Utils.buildPolicyNo("HOME", 500001);
        assertEquals("HO00500001", no.substring(0, 10));
        assertEquals(Utils.policyCheckDigit("00500001"), no.charAt(10) - '0');
    }

    @Test
    public void bankCode() {
        assertTrue(Utils.validBankCode("021000021"));
        assertFalse(Utils.validBankCode("021000022"));
        assertFalse(Utils.validBankCode("02100002"));
        assertFalse(Utils.validBankCode("000000000"));
        assertFalse(Utils.validBankCode("02100002x"));
    }

    @Test
    public void shortRate() {
        assertEquals(0.20, Utils.shortRate(30), 0.0001);
        assertEquals(0.40, Utils.shortRate(31), 0.0001);
        assertEquals(1.0, Utils.shortRate(300), 0.0001);
    }

    @Test
    public void lateNoticeDependsOnProduct() {
        Date loss = Utils.parseDate("2015-01-01");
        Date reported = Utils.parseDate("2015-01-20");
        assertTrue(Utils.isLateNotice(loss, reported, "HOME"));
        assertFalse(Utils.isLateNotice(loss, reported, "AUTO"));
    }

    @Test
    public void rolesOfManagerAndAdmin() {
        User u = new User();
        u.setRoleCode("MANAGER");
        assertTrue(Utils.hasRole(u, "CASHIER"));
        assertFalse(Utils.hasRole(u, "ADMIN"));
        u.setRoleCode("CLERK");
        assertFalse(Utils.hasRole(u, "CASHIER"));
        assertFalse(Utils.hasRole(null, "CLERK"));
    }

    @Test
    public void fileNamesLoseTheirPath() {
        assertEquals("my_photo.jpg", Utils.safeFileName("C:\\temp\\my photo.jpg"));
        assertEquals("passwd", Utils.safeFileName("../../etc/passwd"));
    }

    @Test
    public void md5OfAdmin() {
        assertEquals("21232f297a57a5a743894a0e4a801fc3", Utils.md5("admin"));
    }

    @Test
    public void accountIsMasked() {
        assertEquals("****6789", Utils.maskAccount("123456789"));
        assertEquals("****", Utils.maskAccount("12"));
    }

    @Test
    public void amountInWords() {
        assertEquals("one thousand two hundred fifty and 50/100", ChequePrinter.words(125050));
        assertEquals("forty-two and 00/100", ChequePrinter.words(4200));
        assertEquals("zero and 07/100", ChequePrinter.words(7));
        assertEquals("two million three hundred eleven and 00/100", ChequePrinter.words(200031100));
    }

    @Test
    public void ratingTables() {
        assertEquals(2.10, RatingTables.ageFactor(18), 0.001);
        assertEquals(1.00, RatingTables.ageFactor(45), 0.001);
        assertEquals(0.90, RatingTables.deductibleFactor(500), 0.001);
        assertEquals(1.70, RatingTables.riskFactor("D"), 0.001);
    }

    @Test
    public void htmlBits() {
        assertEquals("<select name=\"x\"><option value=\"1\">a&amp;b</option><option value=\"2\" selected>c</option></select>",
                HtmlBits.select("x", new String[][] { { "1", "a&b" }, { "2", "c" } }, "2"));
        assertEquals("", HtmlBits.errors(null));
        assertEquals("<ul class=\"err\"><li>no</li></ul>", HtmlBits.errors(Arrays.asList("no")));
    }
}
