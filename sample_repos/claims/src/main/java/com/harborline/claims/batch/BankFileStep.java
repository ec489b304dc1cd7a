package com.harborline.claims.batch;

import java.io.File;
import java.util.Date;

import com.harborline.claims.service.BankFileService;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/* rwk 02/2012, dok 2015 */
public class BankFileStep {

    public boolean run(Date dDay) {
        try {
            File f = new BankFileService().writeFile(dDay);
            if (f != null) {
                Utils.mail("payments@harborline.example", "bank file " + f.getName(), f.length() + " bytes");
            }
            return true;
        } catch (Exception e) {
            Log.error("bank file", e);
            Utils.mail("payments@harborline.example", "NO BANK FILE TODAY", String.valueOf(e.getMessage()));
            return false;
        }
    }
}
