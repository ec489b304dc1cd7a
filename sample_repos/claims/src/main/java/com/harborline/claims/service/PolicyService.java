package com.harborline.claims.service;

import java.sql.SQLException;
import java.util.Date;
import java.util.List;

import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.dao.CoverageDao;
import com.harborline.claims.dao.PolicyDao;
import com.harborline.claims.dao.PolicyholderDao;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.Coverage;
import com.harborline.claims.model.Policy;
import com.harborline.claims.model.Policyholder;
import com.harborline.claims.model.PremiumQuote;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/**
 * Policies from the quote to the end.
 *
 * @author dok
 * @since 3.0
 */
public class PolicyService implements IConstants {

    private final PolicyDao policyDao = new PolicyDao();
    private final CoverageDao coverageDao = new CoverageDao();
    private final PolicyholderDao holderDao = PolicyholderDao.getInstance();
    private final PremiumCalculator calculator = new PremiumCalculator();

    public Policy find(long policyId) throws AppException {
        try {
            return policyDao.find(policyId);
        } catch (SQLException e) {
            throw new AppException("Y-900", "policy not read", e);
        }
    }

    public Policy findByNo(String policyNo) throws AppException {
        try {
            return policyDao.findByNo(policyNo);
        } catch (SQLException e) {
            throw new AppException("Y-900", "policy not read", e);
        }
    }

    public List<Policy> policiesOf(long holderId) throws AppException {
        try {
            return policyDao.findByHolder(holderId);
        } catch (SQLException e) {
            throw new AppException("Y-900", "policies not read", e);
        }
    }

    public Policyholder holderOf(Policy p) {
        return holderDao.load(p.getHolderId());
    }

    /** A quote for one year, not in force yet. */
    public Policy quote(long holderId, String product, Date start, List<Coverage> coverages, String who)
            throws AppException {
        Policyholder holder = holderDao.load(holderId);
        if (holder == null) {
            throw new AppException("Y-101", "there is no policyholder " + holderId);
        }
        if (coverages.isEmpty()) {
            throw new AppException("Y-102", "no coverage chosen");
        }
        Policy p = new Policy();
        p.setHolderId(holderId);
        p.setProductCode(product);
        p.setStatus(POL_QUOTE);
        p.setStartDate(start);
        p.setEndDate(Utils.addYears(start, 1));
        p.setCoverages(coverages);
        PremiumQuote q = calculator.calculate(p, holder);
        p.setAnnualPremium(q.getTotal());
        try {
            p.setPolicyNo(Utils.buildPolicyNo(product, DbUtil.nextKey("POLICY_NO")));
            policyDao.insert(p, who);
        } catch (SQLException e) {
            throw new AppException("Y-901", "quote not saved", e);
        }
        return p;
    }

    public void activate(long policyId, String who) throws AppException {
        Policy p = find(policyId);
        if (p == null || !POL_QUOTE.equals(p.getStatus())) {
            throw new AppException("Y-103", "only a quote can be activated");
        }
        changeStatus(p, POL_ACTIVE, "signed", who);
        Policyholder h = holderOf(p);
        Utils.mail(h.getEmail(), "Your policy " + p.getPolicyNo(), "Premium " + Utils.fmtMoney(p.getAnnualPremium()));
    }

    /**
     * Cancels a policy and returns what is paid back. With an open claim it
     * is not possible (CLM-0871).
     */
    public double cancel(long policyId, Date day, String reason, String who) throws AppException {
        Policy p = find(policyId);
        if (p == null || !POL_ACTIVE.equals(p.getStatus())) {
            throw new AppException("Y-104", "the policy is not active");
        }
        for (Claim c : ClaimDao.getInstance().findByPolicy(policyId)) {
            if (Utils.isClaimOpen(c.getStatus())) {
                throw new AppException("Y-105", "claim " + c.getClaimNo() + " is open");
            }
        }
        int days = Utils.daysBetween(p.getStartDate(), day);
        double back = Utils.round2(p.getAnnualPremium() * (1 - Utils.shortRate(days)));
        changeStatus(p, POL_CANCELLED, reason, who);
        return Math.max(0, back);
    }

    /** Next year with a new premium. */
    public Policy renew(long policyId, String who) throws AppException {
        Policy p = find(policyId);
        if (p == null || POL_CANCELLED.equals(p.getStatus()) || POL_TOTAL_LOSS.equals(p.getStatus())) {
            throw new AppException("Y-106", "the policy cannot be renewed");
        }
        Date start = p.getEndDate();
        p.setStartDate(start);
        PremiumQuote q = calculator.calculate(p, holderOf(p));
        try {
            policyDao.updateTerm(policyId, start, Utils.addYears(start, 1), who);
            policyDao.updatePremium(policyId, q.getTotal(), who);
            for (Coverage c : p.getCoverages()) {
                coverageDao.update(c);
            }
            if (!POL_ACTIVE.equals(p.getStatus())) {
                policyDao.updateStatus(policyId, POL_ACTIVE, "renewed", who);
            }
        } catch (SQLException e) {
            throw new AppException("Y-902", "policy not renewed", e);
        }
        return find(policyId);
    }

    /** Month end: active policies whose year is over. Returns how many. */
    public int lapseExpired(Date day, String who) {
        int count = 0;
        try {
            for (Policy p : policyDao.findExpired(day)) {
                policyDao.updateStatus(p.getPolicyId(), POL_LAPSED, "year over", who);
                Policyholder h = holderOf(p);
                if (h != null) {
                    Utils.mail(h.getEmail(), "Policy " + p.getPolicyNo() + " has ended", "Please call us to renew.");
                }
                count++;
            }
        } catch (SQLException e) {
            Log.error("lapse", e);
        }
        return count;
    }

    private void changeStatus(Policy p, String status, String reason, String who) throws AppException {
        try {
            policyDao.updateStatus(p.getPolicyId(), status, reason, who);
            Utils.audit(who, "policy " + p.getStatus() + " to " + status, p.getPolicyNo());
        } catch (SQLException e) {
            throw new AppException("Y-903", "status not changed", e);
        }
    }

    public long saveHolder(Policyholder h) throws AppException {
        if (Utils.isEmpty(h.getLastName()) && Utils.isEmpty(h.getCompanyName())) {
            throw new AppException("Y-107", "name is missing");
        }
        if (Utils.isEmpty(h.getLastName())) {
            h.setLastName(h.getCompanyName());
        }
        try {
            if (h.getHolderId() == 0) {
                return holderDao.insert(h);
            }
            holderDao.update(h);
            DbUtil.clearCaches();
            return h.getHolderId();
        } catch (SQLException e) {
            throw new AppException("Y-904", "policyholder not saved", e);
        }
    }
}
