package com.harborline.claims.batch;

import com.harborline.claims.service.RepairService;
import com.harborline.claims.util.Log;

public class RepairPollStep {

    private final RepairService service;

    public RepairPollStep() {
        this(new RepairService());
    }

    public RepairPollStep(RepairService service) {
        this.service = service;
    }

    public int run() {
        int changes = service.poll();
        Log.info("poll: " + changes + " changes");
        return changes;
    }
}
