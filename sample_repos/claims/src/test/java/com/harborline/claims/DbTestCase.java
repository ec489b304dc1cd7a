package com.harborline.claims;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;

import org.junit.After;
import org.junit.Assert;
import org.junit.Before;
import org.junit.Rule;
import org.junit.rules.TemporaryFolder;

import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.dao.PolicyDao;
import com.harborline.claims.dao.PolicyholderDao;
import com.harborline.claims.dao.TariffDao;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.Coverage;
import com.harborline.claims.model.Payment;
import com.harborline.claims.model.Policy;
import com.harborline.claims.model.Policyholder;
import com.harborline.claims.util.Config;
import com.harborline.claims.util.ConnectionManager;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

/** Fresh schema for every test, files only in a temporary folder. */
public abstract class DbTestCase implements IConstants {

    @Rule
    public TemporaryFolder tmp = new TemporaryFolder();

    @Before
    public void setUpDatabase() throws Exception {
        Config.set("docs.path", new File(tmp.getRoot(), "docs").getPath());
        Config.set("export.path", new File(tmp.getRoot(), "export").getPath());
        Config.set("bank.share", tmp.newFolder("bank").getPath());
        DbUtil.exec("DROP ALL OBJECTS");
        script("src/main/sql/schema.sql");
        script("src/main/sql/seed.sql");
        sql("UPDATE KEY_TABLE SET LAST_KEY = 100 WHERE KEY_NAME = 'CLAIM_NO'");
        DbUtil.clearCaches();
        TariffDao.clear();
        sql("INSERT INTO KEY_TABLE (KEY_NAME, LAST_KEY) VALUES ('APP_USER', 10)");
        sql("INSERT INTO APP_USER (USER_ID, LOGIN, PW_HASH, FULL_NAME, ROLE_CODE) VALUES (2, 'anna', '"
                + Utils.md5("secret1") + "', 'Anna North', 'ADJUSTER')");
        sql("INSERT INTO APP_USER (USER_ID, LOGIN, PW_HASH, FULL_NAME, ROLE_CODE) VALUES (3, 'hugo', '"
                + Utils.md5("secret2") + "', 'Hugo Head', 'ADJUSTER')");
        sql("INSERT INTO APP_USER (USER_ID, LOGIN, PW_HASH, FULL_NAME, ROLE_CODE) VALUES (4, 'mona', '"
                + Utils.md5("secret3") + "', 'Mona Manager', 'MANAGER')");
        sql("INSERT INTO ADJUSTER (ADJUSTER_ID, LOGIN, FULL_NAME, REGION, MAX_OPEN, AUTHORITY_LIMIT)"
                + " VALUES (1, 'anna', 'Anna North', 'NORTH', 2, 3000)");
        sql("INSERT INTO ADJUSTER (ADJUSTER_ID, LOGIN, FULL_NAME, REGION, MAX_OPEN, AUTHORITY_LIMIT)"
                + " VALUES (2, 'hugo', 'Hugo Head', 'HQ', 5, 8000)");
        sql("INSERT INTO KEY_TABLE (KEY_NAME, LAST_KEY) VALUES ('ADJUSTER', 10)");
    }

    @After
    public void noConnectionLeft() {
        Assert.assertEquals("connections not given back", 0, ConnectionManager.connectionsOut());
    }

    private static void script(String file) throws Exception {
        String all = new String(Files.readAllBytes(Paths.get(file)), "UTF-8").replaceAll("--[^\n]*", "");
        for (String part : all.split(";")) {
            if (!Utils.isEmpty(part)) {
                DbUtil.update(part);
            }
        }
    }

    protected static void sql(String s) throws Exception {
        DbUtil.update(s);
    }

    protected static String value(String s) {
        return DbUtil.queryString(s);
    }

    protected static Coverage coverage(String code, double sum, double deductible) {
        Coverage c = new Coverage();
        c.setCovCode(code);
        c.setSumInsured(sum);
        c.setDeductible(deductible);
        return c;
    }

    protected Policyholder holder() throws Exception {
        Policyholder h = new Policyholder();
        h.setLastName("Miller");
        h.setFirstName("Jane");
        h.setStreet("Quay 1");
        h.setCity("Port Ellis");
        h.setPostcode("10234");
        h.setEmail("jane@mail.example");
        h.setBirthDate(Utils.parseDate("1980-05-05"));
        PolicyholderDao.getInstance().insert(h);
        return h;
    }

    /** Active car policy since a year and a half minus today, all three coverages. */
    protected Policy autoPolicy() throws Exception {
        return policy(PROD_AUTO, coverage(COV_LIAB, 100000, 0), coverage(COV_COLL, 20000, 500), coverage(COV_GLAS, 1500, 0));
    }

    protected Policy policy(String product, Coverage... covs) throws Exception {
        Policy p = new Policy();
        p.setHolderId(holder().getHolderId());
        p.setPolicyNo(Utils.buildPolicyNo(product, DbUtil.nextKey("POLICY_NO")));
        p.setProductCode(product);
        p.setStatus(POL_ACTIVE);
        p.setStartDate(Utils.addDays(Utils.today(), -100));
        p.setEndDate(Utils.addDays(Utils.today(), 265));
        List<Coverage> list = new ArrayList<Coverage>();
        for (Coverage c : covs) {
            list.add(c);
        }
        p.setCoverages(list);
        p.setAnnualPremium(1000);
        new PolicyDao().insert(p, "test");
        return new PolicyDao().find(p.getPolicyId());
    }

    protected Claim claim(Policy p, String type) throws Exception {
        Claim c = new Claim();
        c.setPolicyId(p.getPolicyId());
        c.setLossDate(Utils.addDays(Utils.today(), -5));
        c.setReportedDate(Utils.today());
        c.setLossType(type);
        c.setLossPlace("Main Street");
        c.setDescription("hit a fence");
        c.setStatus(CLM_OPEN);
        c.setCreatedBy("test");
        c.setClaimNo(Utils.buildClaimNo(p.getProductCode(), c.getLossDate(), DbUtil.nextKey("CLAIM_NO")));
        ClaimDao.getInstance().insert(c);
        ClaimDao.getInstance().updateAdjuster(c.getClaimId(), 1);
        return ClaimDao.getInstance().load(c.getClaimId());
    }

    protected long payee(String bankCode) throws Exception {
        long id = DbUtil.nextKey("PAYEE");
        sql("INSERT INTO PAYEE (PAYEE_ID, PAYEE_NAME, PAYEE_KIND, BANK_CODE, ACCOUNT_NO) VALUES (" + id
                + ", 'Body Works', 'S', " + DbUtil.quote(bankCode) + ", '4711000999')");
        return id;
    }

    protected Payment payment(Claim c, long payeeId, long cents, String method) {
        Payment p = new Payment();
        p.setClaimId(c.getClaimId());
        p.setPayeeId(payeeId);
        p.setReserveType(RES_INDEMNITY);
        p.setAmountCents(cents);
        p.setMethod(method);
        return p;
    }
}
