package com.harborline.claims.service;

import java.sql.SQLException;
import java.util.List;

import com.harborline.claims.dao.AdjusterDao;
import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.dao.ClaimNoteDao;
import com.harborline.claims.dao.PolicyDao;
import com.harborline.claims.dao.PolicyholderDao;
import com.harborline.claims.model.Adjuster;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.Policy;
import com.harborline.claims.model.Policyholder;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/**
 * Who gets the claim.
 *
 * @author dok
 */
public class AssignmentService {

    private final AdjusterDao adjusterDao = new AdjusterDao();
    private final ClaimNoteDao noteDao = new ClaimNoteDao();

    /** Region by the first digit of the post code, as on the map in room 2.14. */
    public static String regionOf(String postcode) {
        if (Utils.isEmpty(postcode)) {
            return "HQ";
        }
        switch (postcode.charAt(0)) {
            case '0':
            case '1':
            case '2':
                return "NORTH";
            case '3':
            case '4':
                return "SOUTH";
            case '5':
            case '6':
            case '7':
                return "MID";
            case '8':
            case '9':
                return "WEST";
            default:
                return "HQ";
        }
    }

    /**
     * Assigns the adjuster of the region with the lowest load. When all are
     * full the claim stays without adjuster and the manager gets a mail.
     *
     * @return the adjuster or null
     */
    public Adjuster assign(Claim claim, String who) throws SQLException {
        Policy policy = new PolicyDao().find(claim.getPolicyId());
        Policyholder holder = PolicyholderDao.getInstance().load(policy.getHolderId());
        String region = regionOf(holder == null ? null : holder.getPostcode());
        Adjuster best = pick(adjusterDao.findByRegion(region));
        if (best == null && !"HQ".equals(region)) {
            best = pick(adjusterDao.findByRegion("HQ"));
        }
        if (best == null) {
            Log.warn("no adjuster for " + claim.getClaimNo() + " in " + region);
            Utils.mail("claims-desk@harborline.example", "no adjuster for " + claim.getClaimNo(), "region " + region);
            return null;
        }
        ClaimDao.getInstance().updateAdjuster(claim.getClaimId(), best.getAdjusterId());
        if (IConstants.CLM_NEW.equals(claim.getStatus())) {
            ClaimDao.getInstance().updateStatus(claim.getClaimId(), IConstants.CLM_OPEN, who);
        }
        noteDao.add(claim.getClaimId(), "assigned to " + best.getFullName(), who);
        return best;
    }

    private Adjuster pick(List<Adjuster> candidates) {
        return candidates.stream()
                .filter(a -> a.getOpenClaims() < a.getMaxOpen())
                .min((a, b) -> Double.compare(load(a), load(b)))
                .orElse(null);
    }

    private static double load(Adjuster a) {
        return a.getMaxOpen() == 0 ? 1.0 : (double) a.getOpenClaims() / a.getMaxOpen();
    }

    /** By hand, from the claim page. */
    public void reassign(long claimId, long adjusterId, String who) throws AppException {
        try {
            Adjuster a = adjusterDao.find(adjusterId);
            if (a == null) {
                throw new AppException("A-101", "unknown adjuster");
            }
            if (a.getOpenClaims() >= a.getMaxOpen()) {
                throw new AppException("A-102", a.getFullName() + " has " + a.getOpenClaims() + " open claims");
            }
            ClaimDao.getInstance().updateAdjuster(claimId, adjusterId);
            noteDao.add(claimId, "reassigned to " + a.getFullName(), who);
        } catch (SQLException e) {
            throw new AppException("A-900", "not assigned", e);
        }
    }
}
