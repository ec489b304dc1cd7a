package com.harborline.claims.service;

import static org.junit.Assert.*;

import java.io.File;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

import org.junit.Test;

import com.harborline.claims.DbTestCase;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.LossRatioRow;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Utils;

public class ReportServiceTest extends DbTestCase {

    private final ReportService service = new ReportService();

    private Claim paidClaim() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        new PaymentService().enter(payment(c, payee("021000021"), 40000, METHOD_BANK), "anna");
        return c;
    }

    @Test
    public void lossRatioJoinsPoliciesClaimsAndPayments() throws Exception {
        paidClaim();
        policy(PROD_HOME, coverage(COV_FIRE, 100000, 0));
        List<LossRatioRow> rows = service.lossRatio(Utils.addDays(Utils.today(), -30), Utils.today());
        assertEquals(2, rows.size());
        LossRatioRow auto = rows.get(0);
        assertEquals("AUTO", auto.getProductCode());
        assertEquals(1000.0, auto.getPremium(), 0.001);
        assertEquals(1, auto.getClaims());
        assertEquals(2400.0, auto.getReserved(), 0.001);
        assertEquals(400.0, auto.getPaid(), 0.001);
        assertEquals(240.0, auto.getRatio(), 0.001);
        assertEquals(0.0, rows.get(1).getRatio(), 0.001);
    }

    @Test
    public void openClaimsAndPayments() throws Exception {
        Claim c = paidClaim();
        List<Map<String, Object>> open = service.rows(ReportService.OPEN_CLAIMS, Utils.today(), Utils.today());
        assertEquals(c.getClaimNo(), open.get(0).get("CLAIM_NO"));
        assertEquals("Miller", open.get(0).get("HOLDER"));
        assertEquals(1, service.rows(ReportService.PAYMENTS, Utils.addDays(Utils.today(), -1), Utils.today()).size());
    }

    @Test
    public void exportWritesCsvAndRun() throws Exception {
        paidClaim();
        File f = service.export(ReportService.LOSS_RATIO, Utils.addDays(Utils.today(), -30), Utils.today(), "mona");
        String[] lines = new String(Files.readAllBytes(f.toPath()), "windows-1252").split("\r\n");
        assertEquals("PRODUCT;POLICIES;PREMIUM;CLAIMS;RESERVED;PAID;RATIO", lines[0]);
        assertEquals("AUTO;1;1,000.00;1;2,400.00;400.00;240.0", lines[1]);
        assertEquals("1", value("SELECT ROW_COUNT FROM REPORT_RUN WHERE REPORT_CODE = 'LOSSRATIO'"));
    }

    @Test
    public void unknownReport() throws Exception {
        try {
            service.rows("NONE", Utils.today(), Utils.today());
            fail();
        } catch (AppException e) {
            assertEquals("S-101", e.getCode());
        }
        assertEquals(0, service.rows(ReportService.SHOPS, null, null).size());
    }
}
