package com.harborline.claims.dao;

import java.sql.SQLException;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.harborline.claims.util.DbUtil;

/**
 * Base rates. Read for every quote, so they are kept for the life of the
 * Tomcat; after a new tariff both boxes are restarted.
 */
public class TariffDao {

    private static final Map<String, double[]> CACHE = new HashMap<>();

    /** @return rate and minimum premium, null when there is no tariff */
    public double[] rate(String productCode, String covCode, Date day) throws SQLException {
        String key = productCode + "/" + covCode + "/" + new java.sql.Date(day.getTime());
        double[] cached = CACHE.get(key);
        if (cached != null) {
            return cached;
        }
        List<Map<String, Object>> rows = DbUtil.queryRows(
                "SELECT BASE_RATE, MIN_PREMIUM FROM TARIFF WHERE PRODUCT_CODE = ? AND COV_CODE = ? AND VALID_FROM <= ?"
                        + " ORDER BY VALID_FROM DESC", productCode, covCode, DbUtil.sqlDate(day));
        if (rows.isEmpty()) {
            return null;
        }
        double[] rate = { ((Number) rows.get(0).get("BASE_RATE")).doubleValue(),
                ((Number) rows.get(0).get("MIN_PREMIUM")).doubleValue() };
        CACHE.put(key, rate);
        return rate;
    }

    public static void clear() {
        CACHE.clear();
    }
}
