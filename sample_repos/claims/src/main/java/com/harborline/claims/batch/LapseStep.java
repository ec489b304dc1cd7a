package com.harborline.claims.batch;

import java.util.Date;

import com.harborline.claims.service.PolicyService;
import com.harborline.claims.util.Log;

public class LapseStep {

    public int run(Date day) {
        int count = new PolicyService().lapseExpired(day, NightlyRun.WHO);
        Log.info("lapse: " + count + " policies");
        return count;
    }
}
