package com.harborline.claims.web;

import static org.junit.Assert.*;

import java.util.List;
import java.util.Map;

import javax.servlet.FilterChain;

import org.junit.Test;

import com.harborline.claims.DbTestCase;
import com.harborline.claims.FakeWeb;
import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.dao.PolicyDao;
import com.harborline.claims.legacy.ClaimManager;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.FnolWizard;
import com.harborline.claims.model.Payment;
import com.harborline.claims.model.Policy;
import com.harborline.claims.model.Policyholder;
import com.harborline.claims.model.User;
import com.harborline.claims.service.PaymentService;
import com.harborline.claims.service.ReserveService;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.Utils;

public class ServletTest extends DbTestCase {

    private final FakeWeb web = new FakeWeb();

    private void front(String path) throws Exception {
        FrontController fc = new FrontController();
        fc.init();
        web.path = path;
        fc.doGet(web.req(), web.resp());
    }

    @Test
    public void loginPutsUserIntoSession() throws Exception {
        web.post("login", "anna", "password", "secret1");
        new LoginServlet().doPost(web.req(), web.resp());
        assertEquals("/claims/home", web.redirect);
        assertEquals("anna", ((User) web.session.get(SES_USER)).getLogin());
    }

    @Test
    public void wrongPasswordShowsTheFormAgain() throws Exception {
        web.post("login", "anna", "password", "x");
        new LoginServlet().doPost(web.req(), web.resp());
        assertEquals("login", web.jsp());
        assertNotNull(web.attributes.get("message"));
    }

    @Test
    public void logoutReleasesLocks() throws Exception {
        ClaimManager.getInstance().lock(5, "anna");
        web.login("anna", ROLE_ADJUSTER).get();
        new LogoutServlet().doGet(web.req(), web.resp());
        assertTrue(web.session.isEmpty());
        assertNull(ClaimManager.getInstance().lock(5, "hugo"));
        ClaimManager.getInstance().unlock(5, "hugo");
    }

    @Test
    public void filterSendsToLogin() throws Exception {
        final int[] passed = { 0 };
        FilterChain chain = (a, b) -> passed[0]++;
        web.path = "/claim";
        new AuthFilter().doFilter(web.req(), web.resp(), chain);
        assertEquals("/claims/login", web.redirect);
        web.path = "/login";
        new AuthFilter().doFilter(web.req(), web.resp(), chain);
        web.login("anna", ROLE_CLERK).path = "/claim";
        new AuthFilter().doFilter(web.req(), web.resp(), chain);
        assertEquals(2, passed[0]);
    }

    @Test
    public void wizardOverFourPages() throws Exception {
        Policy p = autoPolicy();
        FnolServlet s = new FnolServlet();
        web.login("clara", ROLE_CLERK).get("what", "new", "policyNo", p.getPolicyNo());
        s.doGet(web.req(), web.resp());
        assertEquals("fnol1", web.jsp());
        web.post("policyNo", "WRONG");
        s.doPost(web.req(), web.resp());
        assertEquals("fnol1", web.jsp());
        assertEquals(1, ((FnolWizard) web.session.get(SES_WIZARD)).getErrors().size());
        web.post("policyNo", p.getPolicyNo());
        s.doPost(web.req(), web.resp());
        assertEquals("fnol2", web.jsp());
        web.post("lossDate", Utils.fmtDate(Utils.today()), "lossType", COV_COLL, "lossPlace", "Dock", "description", "d");
        s.doPost(web.req(), web.resp());
        assertEquals("fnol3", web.jsp());
        web.post("what", "back");
        s.doPost(web.req(), web.resp());
        assertEquals("fnol2", web.jsp());
        web.post("lossDate", Utils.fmtDate(Utils.today()), "lossType", COV_COLL);
        s.doPost(web.req(), web.resp());
        web.post("callerName", "Jane", "firstEstimate", "1,500");
        s.doPost(web.req(), web.resp());
        assertEquals("fnol4", web.jsp());
        web.post();
        s.doPost(web.req(), web.resp());
        assertTrue(web.redirect.startsWith("/claims/claim?id="));
        assertNull(web.session.get(SES_WIZARD));
        assertEquals(1500.0, DbUtil.queryDouble("SELECT AMOUNT FROM CLAIM_RESERVE"), 0.001);
    }

    @Test
    public void claimPageCollectsEverything() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        web.login("anna", ROLE_ADJUSTER).post("id", "" + c.getClaimId(), "what", "note", "text", "called");
        new ClaimServlet().doPost(web.req(), web.resp());
        assertEquals("claim", web.jsp());
        assertEquals(1, ((List<?>) web.attributes.get("notes")).size());
        assertEquals(Long.valueOf(c.getClaimId()), web.session.get(SES_LAST_CLAIM));
        FakeWeb other = new FakeWeb().login("hugo", ROLE_ADJUSTER).post("id", "" + c.getClaimId(), "what", "note", "text", "x");
        new ClaimServlet().doPost(other.req(), other.resp());
        assertEquals("C-501", other.attributes.get("code"));
        ClaimManager.getInstance().unlockAll("anna");
    }

    @Test
    public void totalLossNeedsARole() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        web.login("clara", ROLE_CLERK).post("id", "" + c.getClaimId(), "what", "totalLoss", "value", "9000");
        new ClaimServlet().doPost(web.req(), web.resp());
        assertEquals("X-403", web.attributes.get("code"));
        ClaimManager.getInstance().unlockAll("clara");
        web.login("mona", ROLE_MANAGER).post("id", "" + c.getClaimId(), "what", "totalLoss", "value", "9000");
        new ClaimServlet().doPost(web.req(), web.resp());
        assertEquals(8500.0, DbUtil.sumReserves(c.getClaimId()), 0.001);
        ClaimManager.getInstance().unlockAll("mona");
    }

    @Test
    public void unknownClaim() throws Exception {
        web.login("anna", ROLE_ADJUSTER).get("id", "4444");
        new ClaimServlet().doGet(web.req(), web.resp());
        assertEquals("error", web.jsp());
        assertEquals("C-404", web.attributes.get("code"));
    }

    @Test
    public void homeShowsWorklist() throws Exception {
        claim(autoPolicy(), COV_COLL);
        web.login("anna", ROLE_ADJUSTER).get();
        new HomeServlet().doGet(web.req(), web.resp());
        assertEquals(1, ((List<?>) web.attributes.get("claims")).size());
        assertNull(web.attributes.get("dashboard"));
        web.login("mona", ROLE_MANAGER).get();
        new HomeServlet().doGet(web.req(), web.resp());
        assertEquals(2, ((Map<?, ?>) web.attributes.get("dashboard")).size());
    }

    @Test
    public void paymentIsKeptInTheSessionUntilConfirmed() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        PaymentServlet s = new PaymentServlet();
        web.login("anna", ROLE_ADJUSTER).post("what", "enter", "claimId", "" + c.getClaimId(), "payeeId",
                "" + payee("021000021"), "type", RES_INDEMNITY, "method", "B", "amount", "12.50");
        s.doPost(web.req(), web.resp());
        assertEquals("paymentConfirm", web.jsp());
        assertEquals("0", value("SELECT COUNT(*) FROM PAYMENT"));
        web.post("what", "confirm");
        s.doPost(web.req(), web.resp());
        assertEquals("/claims/claim?id=" + c.getClaimId(), web.redirect);
        assertEquals("1250", value("SELECT AMOUNT_CENTS FROM PAYMENT"));
        web.post("what", "confirm");
        s.doPost(web.req(), web.resp());
        assertEquals("P-111", web.attributes.get("code"));
    }

    @Test
    public void managerApprovesAndCashierReverses() throws Exception {
        Claim c = claim(autoPolicy(), COV_LIAB);
        Payment p = new PaymentService().enter(payment(c, payee("021000021"), 400000, METHOD_BANK), "anna");
        web.login("mona", ROLE_MANAGER).post("what", "approve", "id", "" + p.getPaymentId());
        new PaymentServlet().doPost(web.req(), web.resp());
        assertEquals("APPR", value("SELECT STATUS FROM PAYMENT"));
        web.login("carl", ROLE_CASHIER).post("id", "" + p.getPaymentId(), "reason", "returned");
        new ReversalServlet().doPost(web.req(), web.resp());
        assertEquals(4800.0, ReserveService.getInstance().openAmount(c.getClaimId()), 0.001);
    }

    @Test
    public void quoteFormMakesAPolicy() throws Exception {
        Policyholder h = holder();
        web.login("clara", ROLE_CLERK).post("holderId", "" + h.getHolderId(), "product", PROD_AUTO, "start", "2021-07-01",
                "sum_LIAB", "100,000", "sum_COLL", "15000", "ded_COLL", "1000");
        new QuoteServlet().doPost(web.req(), web.resp());
        Policy p = new PolicyDao().findByHolder(h.getHolderId()).get(0);
        assertEquals("/claims/policy?id=" + p.getPolicyId(), web.redirect);
        assertEquals(2, new PolicyDao().find(p.getPolicyId()).getCoverages().size());
        web.post("id", "" + p.getPolicyId(), "what", "activate");
        new PolicyServlet().doPost(web.req(), web.resp());
        assertEquals("policy", web.jsp());
        assertEquals("AC", DbUtil.policyStatus(p.getPolicyNo()));
    }

    @Test
    public void holderAndEndorsementPages() throws Exception {
        web.login("clara", ROLE_CLERK).post("lastName", "Hill", "postcode", "20001");
        new HolderServlet().doPost(web.req(), web.resp());
        assertTrue(web.redirect.startsWith("/claims/holder?id="));
        Policy p = autoPolicy();
        web.post("id", "" + p.getPolicyId(), "kind", "SUM", "covCode", "GLAS", "value", "2000");
        new EndorsementServlet().doPost(web.req(), web.resp());
        assertEquals("endorsement", web.jsp());
        assertEquals(1, ((List<?>) web.attributes.get("endorsements")).size());
    }

    @Test
    public void uploadAndDownload() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        web.login("anna", ROLE_ADJUSTER).post("claimId", "" + c.getClaimId());
        web.upload = new byte[] { 1, 2, 3 };
        DocumentServlet s = new DocumentServlet();
        s.doPost(web.req(), web.resp());
        assertEquals("front_left.jpg", value("SELECT FILE_NAME FROM CLAIM_DOCUMENT"));
        web.get("id", value("SELECT DOCUMENT_ID FROM CLAIM_DOCUMENT"));
        s.doGet(web.req(), web.resp());
        assertArrayEquals(web.upload, web.bytes.toByteArray());
    }

    @Test
    public void usersOnlyForAdmin() throws Exception {
        web.login("mona", ROLE_MANAGER).get();
        new UserAdminServlet().doGet(web.req(), web.resp());
        assertEquals("X-403", web.attributes.get("code"));
        web.login("admin", ROLE_ADMIN).get();
        new UserAdminServlet().doGet(web.req(), web.resp());
        assertEquals(4, ((List<?>) web.attributes.get("users")).size());
    }

    @Test
    public void reportsForManagers() throws Exception {
        claim(autoPolicy(), COV_COLL);
        web.login("mona", ROLE_MANAGER).get("report", "LOSSRATIO");
        new ReportServlet().doGet(web.req(), web.resp());
        assertEquals("lossRatio", web.jsp());
        web.get("report", "OPENCLAIMS");
        new ReportServlet().doGet(web.req(), web.resp());
        assertEquals("reportTable", web.jsp());
        new ExportServlet().doGet(web.req(), web.resp());
        assertTrue(((String) web.attributes.get("message")).contains("OPENCLAIMS_"));
    }

    @Test
    public void frontControllerFindsActions() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        web.login("anna", ROLE_ADJUSTER).get("search", "1", "name", "mil");
        front("/claimSearch.do");
        assertEquals("claimSearch", web.jsp());
        assertEquals(1, ((List<?>) web.attributes.get("claims")).size());
        web.get("policyNo", value("SELECT POLICY_NO FROM POLICY"));
        front("/policySearch.do");
        assertEquals("/claims/policy?id=" + c.getPolicyId(), web.redirect);
        web.get("text", "mill");
        front("/policySearch.do");
        assertEquals(1, ((List<?>) web.attributes.get("holders")).size());
        web.get();
        front("/payeeList.do");
        assertEquals("payees", web.jsp());
        front("/shopList.do");
        assertEquals("shops", web.jsp());
        web.get();
        front("/nothing.do");
        assertEquals(404, web.error);
    }

    @Test
    public void closeActionShowsTheLetter() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        web.login("anna", ROLE_ADJUSTER).get("id", "" + c.getClaimId());
        front("/claimClose.do");
        assertEquals("letter", web.jsp());
        assertNotNull(web.attributes.get("letter"));
        web.get("id", "" + c.getClaimId(), "what", "reopen", "reason", "new bill");
        front("/claimClose.do");
        assertEquals(CLM_REOPENED, ClaimDao.getInstance().load(c.getClaimId()).getStatus());
        web.get("id", "" + c.getClaimId(), "what", "reject");
        front("/claimClose.do");
        assertEquals("C-204 reason is missing", web.attributes.get("message"));
    }

    @Test
    public void adjustersAndReserves() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        web.login("mona", ROLE_MANAGER).post("what", "transfer", "from", "1", "to", "2");
        new AdjusterServlet().doPost(web.req(), web.resp());
        assertEquals("1 claims transferred", web.attributes.get("message"));
        web.post("adjusterId", "2", "maxOpen", "9", "limit", "2500");
        new AdjusterServlet().doPost(web.req(), web.resp());
        assertEquals("9", value("SELECT MAX_OPEN FROM ADJUSTER WHERE ADJUSTER_ID = 2"));
        web.post("claimId", "" + c.getClaimId(), "type", "EXPN", "amount", "100");
        new ReserveServlet().doPost(web.req(), web.resp());
        assertEquals("2,500.00", web.attributes.get("open"));
    }

    @Test
    public void chequeAndPayeePages() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        Payment p = new PaymentService().enter(payment(c, payee(null), 5000, METHOD_CHEQUE), "anna");
        web.login("carl", ROLE_CASHIER).get("id", "" + p.getPaymentId());
        new ChequeServlet().doGet(web.req(), web.resp());
        assertTrue(((String) web.attributes.get("text")).contains("fifty and 00/100"));
        web.post("name", "Glass Shop", "bankCode", "021000021", "accountNo", "99");
        new PayeeServlet().doPost(web.req(), web.resp());
        assertEquals("/claims/payeeList.do?name=Glass Shop", web.redirect);
    }

    @Test
    public void repairPage() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        web.login("anna", ROLE_ADJUSTER).get("claimId", "" + c.getClaimId());
        new RepairServlet().doGet(web.req(), web.resp());
        assertEquals("repair", web.jsp());
        assertTrue(((List<?>) web.attributes.get("orders")).isEmpty());
    }
}
