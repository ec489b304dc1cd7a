package com.harborline.claims.legacy;

import java.util.Date;

import com.harborline.claims.model.Claim;
import com.harborline.claims.model.Policyholder;
import com.harborline.claims.util.Utils;

/*
 * LetterPrinter.java
 * rwk 02/2012
 * The texts are approved by the legal department, do not change them.
 */
public class LetterPrinter {

    private static final String NL = "\n";

    public static String acknowledgement(Claim clm, Policyholder ph) {
        return head(clm, ph)
                + "we received the notice of your loss of " + Utils.DATE_US.format(clm.getLossDate()) + "." + NL
                + "Please quote the claim number in all letters." + NL + foot();
    }

    public static String closing(Claim clm, Policyholder ph) {
        String s = head(clm, ph)
                + "we closed your claim of " + Utils.DATE_US.format(clm.getLossDate()) + "." + NL;
        if (clm.getPaidTotal() > 0) {
            s += "In total we paid $" + Utils.fmtMoney(clm.getPaidTotal()) + "." + NL;
        }
        return s + foot();
    }

    public static String rejection(Claim clm, Policyholder ph, String sReason) {
        return head(clm, ph)
                + "we are sorry that we cannot pay for your loss of " + Utils.DATE_US.format(clm.getLossDate())
                + ", because: " + sReason + "." + NL
                + "You may object within 60 days." + NL + foot();
    }

    private static String head(Claim clm, Policyholder ph) {
        StringBuffer sb = new StringBuffer();
        sb.append(ph.getDisplayName()).append(NL);
        sb.append(Utils.nvl(ph.getStreet())).append(NL);
        sb.append(Utils.nvl(ph.getPostcode())).append(" ").append(Utils.nvl(ph.getCity())).append(NL).append(NL);
        sb.append(Utils.DATE_US.format(new Date())).append(NL);
        sb.append("Claim ").append(clm.getClaimNo()).append(NL).append(NL);
        sb.append("Dear customer,").append(NL);
        return sb.toString();
    }

    private static String foot() {
        return NL + "Harborline Mutual, claims desk" + NL;
    }
}
