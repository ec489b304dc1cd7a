package com.harborline.claims.service;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.List;

import com.harborline.claims.dao.BankFileDao;
import com.harborline.claims.dao.PayeeDao;
import com.harborline.claims.dao.PaymentDao;
import com.harborline.claims.model.Payee;
import com.harborline.claims.model.Payment;
import com.harborline.claims.util.Config;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/**
 * The file for the bank, 120 characters per record, on the share the bank
 * empties at three in the morning.
 *
 * <pre>
 * H  sender(8) date(8) file number(6)
 * D  bank code(9) account(20) amount cents(12) name(35) reference(30)
 * T  records(6) total cents(14) hash of the bank codes(12)
 * </pre>
 *
 * @author dok
 */
public class BankFileService {

    private static final SimpleDateFormat DAY = new SimpleDateFormat("yyyyMMdd");
    private static final int WIDTH = 120;

    private final PaymentDao paymentDao = new PaymentDao();
    private final PayeeDao payeeDao = new PayeeDao();
    private final BankFileDao bankFileDao = new BankFileDao();

    /**
     * Writes all approved transfers. First the file, then the status of each
     * payment: when it breaks in between, the next run sends them again
     * (CLM-1702, open).
     *
     * @return the file or null when there was nothing to pay
     */
    public File writeFile(Date day) throws IOException, SQLException {
        List<Payment> payments = paymentDao.findForBankFile();
        if (payments.isEmpty()) {
            Log.info("bank file: nothing to pay");
            return null;
        }
        File share = new File(Config.get("bank.share", "/mnt/bankshare/outgoing"));
        if (!share.isDirectory()) {
            throw new IOException("bank share is not mounted: " + share);
        }
        long number = DbUtil.nextKey("BANK_FILE_NO");
        String name = "HLPAY" + DAY.format(day) + "_" + Utils.padLeft(String.valueOf(number), 6, '0') + ".txt";
        File file = new File(share, name);
        long total = 0;
        long hash = 0;
        int count = 0;
        PrintWriter out = new PrintWriter(new OutputStreamWriter(new FileOutputStream(file), "ISO-8859-1"));
        try {
            out.print(record("H" + Utils.padRight(Config.get("bank.sender.id", "HARBORL1"), 8) + DAY.format(day)
                    + Utils.padLeft(String.valueOf(number), 6, '0')));
            for (Payment p : payments) {
                // one query per payment, 400 on a Monday
                Payee payee = payeeDao.find(p.getPayeeId());
                out.print(detail(p, payee));
                total += p.getAmountCents();
                hash += Utils.toLong(payee.getBankCode());
                count++;
            }
            out.print(record("T" + Utils.padLeft(String.valueOf(count), 6, '0')
                    + Utils.padLeft(String.valueOf(total), 14, '0')
                    + Utils.padLeft(String.valueOf(hash % 1000000000000L), 12, '0')));
        } finally {
            out.close();
        }
        long fileId = bankFileDao.insert(name, count, total);
        for (Payment p : payments) {
            paymentDao.setBankFile(p.getPaymentId(), fileId);
        }
        Log.info("bank file " + name + ": " + count + " payments, " + Utils.fmtCents(total));
        return file;
    }

    private String detail(Payment p, Payee payee) {
        return record("D" + Utils.padLeft(payee.getBankCode(), 9, '0')
                + Utils.padRight(payee.getAccountNo(), 20)
                + Utils.padLeft(String.valueOf(p.getAmountCents()), 12, '0')
                + Utils.padRight(payee.getPayeeName().toUpperCase(), 35)
                + Utils.padRight(DbUtil.claimNo(p.getClaimId()) + "/" + p.getPaymentId(), 30));
    }

    private String record(String s) {
        // the bank wants CR LF
        return Utils.padRight(s, WIDTH) + "\r\n";
    }
}
