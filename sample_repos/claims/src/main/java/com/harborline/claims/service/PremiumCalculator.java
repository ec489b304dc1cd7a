package com.harborline.claims.service;

import java.sql.SQLException;
import java.util.Date;
import java.util.List;

import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.dao.TariffDao;
import com.harborline.claims.legacy.RatingTables;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.Coverage;
import com.harborline.claims.model.Policy;
import com.harborline.claims.model.Policyholder;
import com.harborline.claims.model.PremiumQuote;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

/**
 * Premium of a policy: sum insured times base rate, with factors for age, risk
 * class, deductible and claims history.
 *
 * @author dok
 */
public class PremiumCalculator implements IConstants {

    private final TariffDao tariffDao = new TariffDao();

    /**
     * @param policy policy with coverages, need not be saved
     * @param holder may be null, then no personal factors
     */
    public PremiumQuote calculate(Policy policy, Policyholder holder) throws AppException {
        PremiumQuote quote = new PremiumQuote();
        quote.setProductCode(policy.getProductCode());
        Date day = policy.getStartDate() == null ? Utils.today() : policy.getStartDate();
        double personal = personalFactor(policy, holder, day);
        for (Coverage c : policy.getCoverages()) {
            double[] rate;
            try {
                rate = tariffDao.rate(policy.getProductCode(), c.getCovCode(), day);
            } catch (SQLException e) {
                throw new AppException("Q-900", "tariff not read", e);
            }
            if (rate == null) {
                throw new AppException("Q-101", "no tariff for " + policy.getProductCode() + "/" + c.getCovCode());
            }
            double part = c.getSumInsured() * rate[0] * personal * RatingTables.deductibleFactor(c.getDeductible());
            part = Math.max(part, rate[1]);
            part = Utils.round2(part);
            c.setPremiumPart(part);
            quote.addLine(c.getCovCode(), part);
        }
        double discount = bundleDiscount(policy) * quote.getTotal();
        quote.setDiscount(Utils.round2(discount));
        quote.setTotal(Utils.round2(quote.getTotal() - discount));
        return quote;
    }

    private double personalFactor(Policy policy, Policyholder holder, Date day) {
        double factor = 1.0;
        if (holder != null) {
            factor *= RatingTables.riskFactor(holder.getRiskClass());
            if (PROD_AUTO.equals(policy.getProductCode()) && holder.getBirthDate() != null) {
                factor *= RatingTables.ageFactor(Utils.daysBetween(holder.getBirthDate(), day) / 365);
            }
        }
        if (policy.getPolicyId() != 0) {
            factor *= claimsFactor(policy.getPolicyId(), day);
        }
        return factor;
    }

    /** Five percent per claim of the last three years, glass does not count. */
    private double claimsFactor(long policyId, Date day) {
        Date since = Utils.addYears(day, -3);
        int count = 0;
        List<Claim> claims = ClaimDao.getInstance().findByPolicy(policyId);
        for (Claim c : claims) {
            if (c.getLossDate().after(since) && !COV_GLAS.equals(c.getLossType())
                    && !CLM_REJECTED.equals(c.getStatus())) {
                count++;
            }
        }
        return count == 0 ? 0.95 : 1.0 + 0.05 * count;
    }

    private double bundleDiscount(Policy policy) {
        int n = policy.getCoverages().size();
        return n >= 3 ? 0.08 : n == 2 ? 0.03 : 0;
    }
}
