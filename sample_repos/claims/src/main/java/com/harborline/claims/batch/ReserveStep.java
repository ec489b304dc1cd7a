package com.harborline.claims.batch;

import java.util.List;

import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.model.Claim;
import com.harborline.claims.service.ReserveService;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/* rwk 03/2010 */
public class ReserveStep {

    /** Number of claims, -1 when too many failed. */
    public int run() {
        // only the first MAX_ROWS, nobody noticed (CLM-3155)
        List<Claim> lst = ClaimDao.getInstance().findOpen();
        int nDone = 0;
        int nBad = 0;
        for (int i = 0; i < lst.size(); i++) {
            Claim clm = lst.get(i);
            try {
                double dblOpen = ReserveService.getInstance().recalc(clm.getClaimId(), NightlyRun.WHO);
                if (dblOpen < 0) {
                    Utils.mail("claims-desk@harborline.example", "overpaid: " + clm.getClaimNo(),
                            Utils.fmtMoney(dblOpen));
                }
                nDone++;
            } catch (Exception e) {
                nBad++;
                Log.error("recalc " + clm.getClaimNo(), e);
            }
        }
        Log.info("reserves: " + nDone + " done, " + nBad + " bad");
        return nBad > 10 ? -1 : nDone;
    }
}
