package com.harborline.claims.batch;

import java.util.Date;

import com.harborline.claims.service.ReportService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/** Files the controllers pick up in the morning. */
public class ExportStep {

    public void run(Date day) {
        Date from = Utils.addDays(day, -1);
        ReportService reports = new ReportService();
        for (String report : new String[] { ReportService.OPEN_CLAIMS, ReportService.PAYMENTS }) {
            try {
                reports.export(report, from, day, NightlyRun.WHO);
            } catch (AppException e) {
                // the run must not fail because of a report
                Log.error("export " + report, e);
            }
        }
    }
}
