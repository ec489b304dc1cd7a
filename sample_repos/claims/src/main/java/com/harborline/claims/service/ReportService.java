package com.harborline.claims.service;

import java.io.File;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;

import com.harborline.claims.dao.ReportDao;
import com.harborline.claims.model.LossRatioRow;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Utils;

/**
 * @author dok
 */
public class ReportService {

    public static final String LOSS_RATIO = "LOSSRATIO";
    public static final String OPEN_CLAIMS = "OPENCLAIMS";
    public static final String PAYMENTS = "PAYMENTS";
    public static final String SHOPS = "SHOPS";

    private final ReportDao dao = new ReportDao();
    private final CsvExporter exporter = new CsvExporter();

    public List<LossRatioRow> lossRatio(Date from, Date to) throws AppException {
        try {
            return dao.lossRatio(from, to);
        } catch (SQLException e) {
            throw new AppException("S-900", "report failed", e);
        }
    }

    public List<Map<String, Object>> rows(String report, Date from, Date to) throws AppException {
        try {
            if (OPEN_CLAIMS.equals(report)) {
                return dao.openClaims();
            }
            if (PAYMENTS.equals(report)) {
                return dao.payments(from, Utils.addDays(to, 1));
            }
            if (SHOPS.equals(report)) {
                return dao.repairShops();
            }
        } catch (SQLException e) {
            throw new AppException("S-900", "report failed", e);
        }
        throw new AppException("S-101", "there is no report " + report);
    }

    /** Writes the report into the export folder. */
    public File export(String report, Date from, Date to, String who) throws AppException {
        List<String[]> lines = new ArrayList<String[]>();
        if (LOSS_RATIO.equals(report)) {
            lines.add(new String[] { "PRODUCT", "POLICIES", "PREMIUM", "CLAIMS", "RESERVED", "PAID", "RATIO" });
            for (LossRatioRow r : lossRatio(from, to)) {
                lines.add(new String[] { r.getProductCode(), String.valueOf(r.getPolicies()),
                        Utils.fmtMoney(r.getPremium()), String.valueOf(r.getClaims()), Utils.fmtMoney(r.getReserved()),
                        Utils.fmtMoney(r.getPaid()), String.valueOf(r.getRatio()) });
            }
        } else {
            List<Map<String, Object>> rows = rows(report, from, to);
            if (!rows.isEmpty()) {
                lines.add(rows.get(0).keySet().toArray(new String[0]));
            }
            for (Map<String, Object> row : rows) {
                lines.add(row.values().stream().map(v -> v == null ? "" : v.toString()).toArray(String[]::new));
            }
        }
        try {
            File f = exporter.write(report + "_" + Utils.fmtDate(from) + "_" + Utils.fmtDate(to) + ".csv", lines);
            dao.insertRun(report, who, Math.max(0, lines.size() - 1), f.getPath());
            return f;
        } catch (IOException e) {
            throw new AppException("S-901", "export not written", e);
        } catch (SQLException e) {
            throw new AppException("S-902", "export not logged", e);
        }
    }
}
