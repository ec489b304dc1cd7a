package com.harborline.claims.service;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.dao.PolicyDao;
import com.harborline.claims.dao.ReserveDao;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.Coverage;
import com.harborline.claims.model.Policy;
import com.harborline.claims.model.Reserve;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/**
 * Reserves of the claims. Called by ClaimDao and calls ClaimDao.
 *
 * @author dok
 * @since 3.2
 */
public class ReserveService implements IConstants {

    private static final ReserveService INSTANCE = new ReserveService();

    /** average cost of a claim by loss type, table of the actuaries 2014 */
    private static final Object[][] AVERAGES = {
        { COV_LIAB, 4800.00 }, { COV_COLL, 2900.00 }, { COV_GLAS, 420.00 },
        { COV_FIRE, 18500.00 }, { COV_WATR, 3600.00 },
    };

    private final ReserveDao reserveDao = new ReserveDao();

    public static ReserveService getInstance() {
        return INSTANCE;
    }

    public List<Reserve> reservesOf(long claimId) {
        try {
            return reserveDao.findByClaim(claimId);
        } catch (SQLException e) {
            Log.error("reserves of " + claimId, e);
            return new ArrayList<Reserve>();
        }
    }

    public static double averageCost(String lossType) {
        for (Object[] a : AVERAGES) {
            if (a[0].equals(lossType)) {
                return ((Double) a[1]).doubleValue();
            }
        }
        return 1500.00;
    }

    /** First reserve of a new claim: the average, at most the sum insured. */
    public void createInitialReserve(Claim claim) throws SQLException {
        double amount = averageCost(claim.getLossType());
        Policy policy = new PolicyDao().find(claim.getPolicyId());
        Coverage cov = policy == null ? null : policy.getCoverage(claim.getLossType());
        if (cov != null) {
            amount = Math.max(0, Math.min(amount, cov.getSumInsured()) - cov.getDeductible());
        }
        Reserve r = new Reserve();
        r.setClaimId(claim.getClaimId());
        r.setReserveType(RES_INDEMNITY);
        r.setAmount(Utils.round2(amount));
        reserveDao.insert(r, claim.getCreatedBy());
    }

    /**
     * Sets a reserve, a new type is added.
     *
     * @throws AppException R-101 claim closed, R-102 below the paid amount
     */
    public void setReserve(long claimId, String type, double amount, String who) throws AppException {
        Claim claim = ClaimDao.getInstance().load(claimId);
        if (claim == null || !Utils.isClaimOpen(claim.getStatus())) {
            throw new AppException("R-101", "claim is not open");
        }
        if (amount < 0) {
            throw new AppException("R-103", "amount is not a number");
        }
        try {
            Reserve r = reserveDao.find(claimId, type);
            if (r == null) {
                r = new Reserve();
                r.setClaimId(claimId);
                r.setReserveType(type);
                r.setAmount(amount);
                reserveDao.insert(r, who);
            } else {
                if (amount < r.getPaidAmount()) {
                    throw new AppException("R-102", "already paid: " + Utils.fmtMoney(r.getPaidAmount()));
                }
                reserveDao.updateAmount(r.getReserveId(), amount, who);
            }
            Utils.audit(who, "reserve " + type + " " + Utils.fmtMoney(amount), claim.getClaimNo());
        } catch (SQLException e) {
            throw new AppException("R-900", "reserve not saved", e);
        }
    }

    /** Reserve minus paid, over all types. */
    public double openAmount(long claimId) {
        double sum = 0;
        for (Reserve r : reservesOf(claimId)) {
            sum += r.getOpenAmount();
        }
        return Utils.round2(sum);
    }

    /**
     * Recalculation of one claim: the paid amounts come from the payments, a
     * reserve below the paid amount is lifted, and old claims without any
     * payment lose ten percent a year (rule of the actuaries, 2013).
     */
    public double recalc(long claimId, String who) throws SQLException {
        DbUtil.callRecalc(claimId, who);
        Claim claim = ClaimDao.getInstance().load(claimId);
        if (claim == null) {
            return 0;
        }
        int years = Utils.claimAge(claim) / 365;
        for (Reserve r : claim.getReserves()) {
            if (r.getPaidAmount() > r.getAmount()) {
                reserveDao.updateAmount(r.getReserveId(), r.getPaidAmount(), who);
            } else if (years > 0 && r.getPaidAmount() == 0 && !RES_LEGAL.equals(r.getReserveType())) {
                double floor = averageCost(claim.getLossType()) * Math.max(0.5, 1 - 0.1 * years);
                if (r.getAmount() > floor) {
                    reserveDao.updateAmount(r.getReserveId(), Utils.round2(floor), who);
                }
            }
        }
        return openAmount(claimId);
    }
}
