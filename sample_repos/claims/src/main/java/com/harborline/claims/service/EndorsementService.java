package com.harborline.claims.service;

import java.sql.SQLException;
import java.util.Date;
import java.util.List;

import com.harborline.claims.dao.CoverageDao;
import com.harborline.claims.dao.EndorsementDao;
import com.harborline.claims.dao.PolicyDao;
import com.harborline.claims.dao.PolicyholderDao;
import com.harborline.claims.model.Coverage;
import com.harborline.claims.model.Endorsement;
import com.harborline.claims.model.Policy;
import com.harborline.claims.model.Policyholder;
import com.harborline.claims.model.PremiumQuote;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

/**
 * Changes during the year.
 *
 * @author dok
 */
public class EndorsementService implements IConstants {

    public static final String KIND_SUM = "SUM";
    public static final String KIND_DEDUCTIBLE = "DEDUCT";
    public static final String KIND_ADD = "ADDCOV";
    public static final String KIND_REMOVE = "REMCOV";

    private final PolicyDao policyDao = new PolicyDao();
    private final CoverageDao coverageDao = new CoverageDao();
    private final EndorsementDao endorsementDao = new EndorsementDao();
    private final PremiumCalculator calculator = new PremiumCalculator();

    /**
     * @param kind  one of the KIND constants
     * @param value new sum insured or deductible, sum insured for KIND_ADD
     */
    public Endorsement endorse(long policyId, String kind, String covCode, double value, Date effective, String who)
            throws AppException {
        try {
            Policy p = policyDao.find(policyId);
            if (p == null || !p.isInForce(effective)) {
                throw new AppException("E-101", "policy is not in force on " + Utils.fmtDate(effective));
            }
            Coverage c = p.getCoverage(covCode);
            Endorsement e = new Endorsement();
            e.setPolicyId(policyId);
            e.setKind(kind);
            e.setEffDate(effective);
            e.setCreatedBy(who);
            if (KIND_ADD.equals(kind)) {
                if (c != null) {
                    throw new AppException("E-102", covCode + " is already covered");
                }
                c = new Coverage();
                c.setPolicyId(policyId);
                c.setCovCode(covCode);
                c.setSumInsured(value);
                p.getCoverages().add(c);
                e.setNewValue(covCode + " " + Utils.fmtMoney(value));
            } else if (c == null) {
                throw new AppException("E-103", covCode + " is not covered");
            } else if (KIND_REMOVE.equals(kind)) {
                p.getCoverages().remove(c);
                e.setOldValue(covCode + " " + Utils.fmtMoney(c.getSumInsured()));
            } else if (KIND_SUM.equals(kind)) {
                e.setOldValue(Utils.fmtMoney(c.getSumInsured()));
                c.setSumInsured(value);
                e.setNewValue(Utils.fmtMoney(value));
            } else if (KIND_DEDUCTIBLE.equals(kind)) {
                e.setOldValue(Utils.fmtMoney(c.getDeductible()));
                c.setDeductible(value);
                e.setNewValue(Utils.fmtMoney(value));
            } else {
                throw new AppException("E-104", "unknown kind " + kind);
            }
            double before = p.getAnnualPremium();
            Policyholder h = PolicyholderDao.getInstance().load(p.getHolderId());
            PremiumQuote q = calculator.calculate(p, h);
            int rest = Utils.daysBetween(effective, p.getEndDate());
            e.setPremiumDelta(Utils.round2((q.getTotal() - before) * rest / 365.0));
            save(p, c, kind, q.getTotal(), who);
            endorsementDao.insert(e);
            Utils.audit(who, "endorsement " + kind + " " + covCode, p.getPolicyNo());
            return e;
        } catch (SQLException ex) {
            throw new AppException("E-900", "endorsement not saved", ex);
        }
    }

    private void save(Policy p, Coverage changed, String kind, double premium, String who) throws SQLException {
        if (KIND_ADD.equals(kind)) {
            coverageDao.insert(changed);
        } else if (KIND_REMOVE.equals(kind)) {
            coverageDao.delete(changed.getCoverageId());
        }
        for (Coverage c : p.getCoverages()) {
            coverageDao.update(c);
        }
        policyDao.updatePremium(p.getPolicyId(), premium, who);
    }

    public List<Endorsement> endorsementsOf(long policyId) throws AppException {
        try {
            return endorsementDao.findByPolicy(policyId);
        } catch (SQLException e) {
            throw new AppException("E-901", "endorsements not read", e);
        }
    }
}
