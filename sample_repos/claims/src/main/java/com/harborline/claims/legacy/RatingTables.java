package com.harborline.claims.legacy;

/*
 * RatingTables.java
 * rwk 06/2010
 * From the spreadsheet of the actuaries. Change only with their signature.
 */
public class RatingTables {

    // up to age, factor
    private static final double[][] s_aAge = {
        { 20, 2.10 }, { 22, 1.80 }, { 25, 1.45 }, { 30, 1.15 },
        { 60, 1.00 }, { 70, 1.10 }, { 75, 1.30 }, { 999, 1.65 },
    };

    // from deductible, factor
    private static final double[][] s_aDeductible = {
        { 2500, 0.68 }, { 1000, 0.80 }, { 500, 0.90 }, { 250, 0.96 }, { 0, 1.00 },
    };

    public static double ageFactor(int nAge) {
        for (int i = 0; i < s_aAge.length; i++) {
            if (nAge <= s_aAge[i][0]) {
                return s_aAge[i][1];
            }
        }
        return 1.65;
    }

    public static double deductibleFactor(double dblDeductible) {
        for (int i = 0; i < s_aDeductible.length; i++) {
            if (dblDeductible >= s_aDeductible[i][0]) {
                return s_aDeductible[i][1];
            }
        }
        return 1.0;
    }

    /** A good, B normal, C bad, D only with the signature of the manager. */
    public static double riskFactor(String sRiskClass) {
        if ("A".equals(sRiskClass)) {
            return 0.85;
        }
        if ("C".equals(sRiskClass)) {
            return 1.25;
        }
        if ("D".equals(sRiskClass)) {
            return 1.70;
        }
        return 1.0;
    }
}
