package com.harborline.claims.service;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.dao.ClaimNoteDao;
import com.harborline.claims.legacy.ClaimManager;
import com.harborline.claims.model.Adjuster;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.ClaimNote;
import com.harborline.claims.model.FnolWizard;
import com.harborline.claims.model.Policy;
import com.harborline.claims.model.Policyholder;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/**
 * The new claims service (CLM-2810). First notice and notes are here, status
 * changes still go to ClaimManager. 2020-02: stopped, see README.
 */
public class ClaimService implements IConstants {

    private final PolicyService policyService = new PolicyService();
    private final ReserveService reserveService = ReserveService.getInstance();
    private final AssignmentService assignmentService = new AssignmentService();
    private final ClaimNoteDao noteDao = new ClaimNoteDao();

    /** Checks the page of the wizard, messages go into the wizard. */
    public boolean checkStep(FnolWizard w) {
        w.getErrors().clear();
        if (w.getStep() == 1) {
            checkPolicy(w);
        } else if (w.getStep() == 2) {
            checkLoss(w);
        } else if (w.getStep() == 3) {
            if (Utils.isEmpty(w.getCallerName())) {
                w.getErrors().add("Who reported the loss?");
            }
            if (w.getFirstEstimate() < 0) {
                w.getErrors().add("The estimate is not an amount");
            }
        }
        return w.getErrors().isEmpty();
    }

    private void checkPolicy(FnolWizard w) {
        try {
            Policy p = policyService.findByNo(w.getPolicyNo());
            if (p == null) {
                w.getErrors().add("There is no policy " + w.getPolicyNo());
            } else if (POL_QUOTE.equals(p.getStatus())) {
                w.getErrors().add("The policy is only a quote");
            }
            w.setPolicy(p);
        } catch (AppException e) {
            w.getErrors().add(e.getMessage());
        }
    }

    private void checkLoss(FnolWizard w) {
        if (w.getLossDate() == null) {
            w.getErrors().add("Date of loss is missing");
            return;
        }
        if (w.getLossDate().after(Utils.today())) {
            w.getErrors().add("Date of loss is in the future");
        }
        Policy p = w.getPolicy();
        if (p != null && (w.getLossDate().before(p.getStartDate()) || !w.getLossDate().before(p.getEndDate()))) {
            w.getErrors().add("The policy was not in force on that day");
        }
        if (p != null && p.getCoverage(w.getLossType()) == null) {
            w.getErrors().add("The policy has no coverage " + w.getLossType());
        }
    }

    /**
     * Makes the claim of a finished wizard.
     *
     * @return the new claim with reserve and adjuster
     */
    public Claim register(FnolWizard w, String who) throws AppException {
        if (!w.isComplete()) {
            throw new AppException("C-101", "first notice is not complete");
        }
        String duplicate = findDuplicate(w);
        if (duplicate != null) {
            throw new AppException("C-102", "already reported as " + duplicate);
        }
        Policy p = w.getPolicy();
        Claim claim = new Claim();
        claim.setPolicyId(p.getPolicyId());
        claim.setLossDate(w.getLossDate());
        claim.setReportedDate(Utils.today());
        claim.setLossType(w.getLossType());
        claim.setLossPlace(w.getLossPlace());
        claim.setDescription(w.getDescription());
        claim.setStatus(CLM_NEW);
        claim.setCreatedBy(who);
        try {
            claim.setClaimNo(Utils.buildClaimNo(p.getProductCode(), w.getLossDate(), DbUtil.nextKey("CLAIM_NO")));
            ClaimDao.getInstance().insert(claim);
            noteDao.add(claim.getClaimId(), "reported by " + w.getCallerName() + " " + Utils.nvl(w.getCallerPhone()), who);
            if (w.getFirstEstimate() > 0) {
                reserveService.setReserve(claim.getClaimId(), RES_INDEMNITY, w.getFirstEstimate(), who);
            }
            if (w.isInjury()) {
                reserveService.setReserve(claim.getClaimId(), RES_LEGAL, 2500.00, who);
            }
            if (Utils.isLateNotice(w.getLossDate(), claim.getReportedDate(), p.getProductCode())) {
                noteDao.add(claim.getClaimId(), "LATE NOTICE", who);
            }
            rememberPhone(p, w);
            Adjuster a = assignmentService.assign(claim, who);
            if (a != null) {
                claim.setAdjusterId(a.getAdjusterId());
                Utils.mail(a.getLogin() + "@harborline.example", "new claim " + claim.getClaimNo(), claim.getDescription());
            }
        } catch (SQLException e) {
            throw new AppException("C-900", "claim not saved", e);
        }
        Utils.audit(who, "first notice", claim.getClaimNo());
        return ClaimDao.getInstance().load(claim.getClaimId());
    }

    /** Same policy, same day, same type. */
    private String findDuplicate(FnolWizard w) {
        for (Claim c : ClaimDao.getInstance().findByPolicy(w.getPolicy().getPolicyId())) {
            if (Utils.fmtDate(c.getLossDate()).equals(Utils.fmtDate(w.getLossDate()))
                    && c.getLossType().equals(w.getLossType())) {
                return c.getClaimNo();
            }
        }
        return null;
    }

    /** The number the caller gave is newer than the one of the policyholder. */
    private void rememberPhone(Policy p, FnolWizard w) throws SQLException {
        if (Utils.isEmpty(w.getCallerPhone())) {
            return;
        }
        Policyholder h = policyService.holderOf(p);
        if (h != null && Utils.isEmpty(h.getPhone())) {
            DbUtil.update("UPDATE POLICYHOLDER SET PHONE = ? WHERE HOLDER_ID = ?", w.getCallerPhone(), h.getHolderId());
        }
    }

    public Claim find(long claimId) throws AppException {
        Claim c = ClaimDao.getInstance().load(claimId);
        if (c == null) {
            throw new AppException("C-404", "there is no claim " + claimId);
        }
        return c;
    }

    public List<ClaimNote> notes(long claimId) {
        try {
            return noteDao.findByClaim(claimId);
        } catch (SQLException e) {
            Log.error("notes of " + claimId, e);
            return new ArrayList<>();
        }
    }

    public void addNote(long claimId, String text, String who) throws AppException {
        if (Utils.isEmpty(text)) {
            return;
        }
        try {
            noteDao.add(claimId, text, who);
        } catch (SQLException e) {
            throw new AppException("C-901", "note not saved", e);
        }
    }

    /** Not moved yet. */
    public void changeStatus(long claimId, String status, String who) throws AppException {
        ClaimManager.getInstance().changeStatus(claimId, status, who);
    }
}
