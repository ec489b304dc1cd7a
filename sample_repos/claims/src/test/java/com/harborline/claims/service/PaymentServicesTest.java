package com.harborline.claims.service;

import static org.junit.Assert.*;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;

import org.junit.Test;

import com.harborline.claims.DbTestCase;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.Payee;
import com.harborline.claims.model.Payment;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Config;
import com.harborline.claims.util.Utils;

public class PaymentServicesTest extends DbTestCase {

    private final PaymentService service = new PaymentService();

    private Payment entered(long cents, String method) throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        ReserveService.getInstance().setReserve(c.getClaimId(), RES_INDEMNITY, 6000, "test");
        return service.enter(payment(c, payee("021000021"), cents, method), "anna");
    }

    @Test
    public void smallPaymentIsApprovedAndBooked() throws Exception {
        Payment p = entered(100000, METHOD_BANK);
        assertEquals(PAY_APPROVED, service.find(p.getPaymentId()).getStatus());
        assertEquals(5000.0, ReserveService.getInstance().openAmount(p.getClaimId()), 0.001);
        assertEquals("payments", value("SELECT UPDATED_BY FROM CLAIM_RESERVE"));
        assertEquals(1, service.paymentsOf(p.getClaimId()).size());
    }

    @Test
    public void bigPaymentWaitsForTheSecondPerson() throws Exception {
        Payment p = entered(400000, METHOD_BANK);
        assertEquals(PAY_NEW, service.find(p.getPaymentId()).getStatus());
        assertEquals(1, service.waiting().size());
        assertEquals(6000.0, ReserveService.getInstance().openAmount(p.getClaimId()), 0.001);
        try {
            service.approve(p.getPaymentId(), "anna");
            fail();
        } catch (AppException e) {
            assertEquals("P-107", e.getCode());
        }
        service.approve(p.getPaymentId(), "mona");
        assertEquals(2000.0, ReserveService.getInstance().openAmount(p.getClaimId()), 0.001);
    }

    @Test
    public void rejectedPaymentStaysUnbooked() throws Exception {
        Payment p = entered(400000, METHOD_BANK);
        service.reject(p.getPaymentId(), "mona");
        assertEquals(PAY_REJECTED, service.find(p.getPaymentId()).getStatus());
        assertEquals(6000.0, ReserveService.getInstance().openAmount(p.getClaimId()), 0.001);
    }

    @Test
    public void notMoreThanTheReserve() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        try {
            service.enter(payment(c, payee("021000021"), 240001, METHOD_BANK), "anna");
            fail();
        } catch (AppException e) {
            assertEquals("P-105", e.getCode());
        }
    }

    @Test
    public void transferNeedsBankCode() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        try {
            service.enter(payment(c, payee(null), 100, METHOD_BANK), "anna");
            fail();
        } catch (AppException e) {
            assertEquals("P-104", e.getCode());
        }
        assertEquals(PAY_APPROVED, service.enter(payment(c, payee(null), 100, METHOD_CHEQUE), "anna").getStatus());
    }

    @Test
    public void chequeGetsANumber() throws Exception {
        Payment p = entered(125050, METHOD_CHEQUE);
        String text = service.issueCheque(p.getPaymentId(), "cash");
        assertTrue(text.contains("No 700001"));
        assertTrue(text.contains("one thousand two hundred fifty and 50/100"));
        assertEquals(700001, service.find(p.getPaymentId()).getChequeNo());
        try {
            service.issueCheque(p.getPaymentId(), "cash");
            fail();
        } catch (AppException e) {
            assertEquals("P-108", e.getCode());
        }
    }

    @Test
    public void reversalGivesTheReserveBack() throws Exception {
        Payment p = entered(100000, METHOD_BANK);
        Payment back = new ReversalService().reverse(p.getPaymentId(), "account closed", "cash");
        assertEquals(-100000, back.getAmountCents());
        assertEquals(PAY_REVERSED, service.find(p.getPaymentId()).getStatus());
        assertEquals(6000.0, ReserveService.getInstance().openAmount(p.getClaimId()), 0.001);
        assertEquals(6000.0, ReserveService.getInstance().recalc(p.getClaimId(), "x"), 0.001);
        try {
            new ReversalService().reverse(p.getPaymentId(), "again", "cash");
            fail();
        } catch (AppException e) {
            assertEquals("P-201", e.getCode());
        }
    }

    @Test
    public void payeeIsChecked() throws Exception {
        Payee p = new Payee();
        p.setPayeeName("Law Office");
        p.setPayeeKind(PAYEE_LAWYER);
        p.setBankCode("123");
        try {
            service.savePayee(p);
            fail();
        } catch (AppException e) {
            assertEquals("P-110", e.getCode());
        }
        p.setBankCode("021000021");
        long id = service.savePayee(p);
        p.setAddress("Hill 3");
        assertEquals(id, service.savePayee(p));
        assertEquals("Hill 3", value("SELECT ADDRESS FROM PAYEE WHERE PAYEE_ID = " + id));
    }

    @Test
    public void bankFileHasFixedRecords() throws Exception {
        Payment p = entered(100000, METHOD_BANK);
        File f = new BankFileService().writeFile(Utils.parseDate("2020-02-03"));
        assertEquals("HLPAY20200203_000001.txt", f.getName());
        String s = new String(Files.readAllBytes(f.toPath()), "ISO-8859-1");
        String[] lines = s.split("\r\n");
        assertEquals(3, lines.length);
        for (String line : lines) {
            assertEquals(120, line.length());
        }
        assertTrue(lines[0].startsWith("HHARBORL120200203000001"));
        assertTrue(lines[1].startsWith("D0210000214711000999          000000100000BODY WORKS"));
        assertTrue(lines[2].startsWith("T00000100000000100000000021000021"));
        assertEquals(PAY_SENT, service.find(p.getPaymentId()).getStatus());
        assertEquals("1", value("SELECT RECORD_COUNT FROM BANK_FILE"));
        assertNull(new BankFileService().writeFile(Utils.today()));
    }

    @Test(expected = IOException.class)
    public void shareNotMounted() throws Exception {
        entered(100000, METHOD_BANK);
        Config.set("bank.share", new File(tmp.getRoot(), "nothing").getPath());
        new BankFileService().writeFile(Utils.today());
    }
}
