package com.harborline.claims.model;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Result of the premium calculation, one line per coverage. Not stored.
 */
public class PremiumQuote implements Serializable {

    private static final long serialVersionUID = 1L;

    private String productCode;
    private double total;
    private double discount;
    private List<String> lines = new ArrayList<String>();

    public String getProductCode() {
        return productCode;
    }

    public void setProductCode(String productCode) {
        this.productCode = productCode;
    }

    public double getTotal() {
        return total;
    }

    public void setTotal(double total) {
        this.total = total;
    }

    public double getDiscount() {
        return discount;
    }

    public void setDiscount(double discount) {
        this.discount = discount;
    }

    public List<String> getLines() {
        return lines;
    }

    public void setLines(List<String> lines) {
        this.lines = lines;
    }

    public void addLine(String covCode, double amount) {
        lines.add(covCode + " " + amount);
        total += amount;
    }
}
