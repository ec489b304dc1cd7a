package com.harborline.claims.batch;

import java.util.Date;

import com.harborline.claims.util.ConnectionManager;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/*
 * NightlyRun.java
 * rwk 03/2010
 *
 * Started by run-nightly.sh. One step after the other, nothing is remembered:
 * when it breaks look into the log which step was the last (CLM-1702).
 *
 * 02/2012  bank file
 * 09/2014  dok  poll
 */
public class NightlyRun {

    public static final String WHO = "nightly";

    public static void main(String[] args) {
        int nRc = new NightlyRun().run(args.length == 0 ? "all" : args[0]);
        ConnectionManager.shutdown();
        System.exit(nRc);
    }

    /** 0 is good, 1 reserves, 2 bank file, 8 unknown step */
    public int run(String sStep) {
        Date dStart = new Date();
        System.out.println("nightly run " + sStep + " " + Utils.fmtDateTime(dStart));
        int nRc = 0;
        if ("lapse".equals(sStep)) {
            new LapseStep().run(Utils.today());
        } else if ("poll".equals(sStep)) {
            new RepairPollStep().run();
        } else if ("all".equals(sStep)) {
            nRc = runAll();
        } else if ("reserves".equals(sStep)) {
            nRc = new ReserveStep().run() < 0 ? 1 : 0;
        } else {
            System.out.println("what is " + sStep + "?");
            return 8;
        }
        long lSec = (System.currentTimeMillis() - dStart.getTime()) / 1000;
        Log.info("nightly run " + sStep + " rc=" + nRc + " " + lSec + "s");
        return nRc;
    }

    private int runAll() {
        // reserves first, the bank file needs the right paid amounts
        if (new ReserveStep().run() < 0) {
            return 1;
        }
        if (!new BankFileStep().run(Utils.today())) {
            return 2;
        }
        // new MainframeFeed().send();   2013-12 host switched off
        new ExportStep().run(Utils.today());
        return 0;
    }
}
