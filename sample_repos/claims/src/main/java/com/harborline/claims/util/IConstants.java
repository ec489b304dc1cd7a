package com.harborline.claims.util;

/**
 * Codes of the whole application. Classes implement this interface to have
 * the names without prefix (do not do it in new classes, dok).
 */
public interface IConstants {

    // policy status
    String POL_QUOTE = "QU";
    String POL_ACTIVE = "AC";
    String POL_LAPSED = "LA";
    String POL_CANCELLED = "CA";
    /** ended by a total loss, set by the claims desk */
    String POL_TOTAL_LOSS = "TL";

    // products and coverages
    String PROD_AUTO = "AUTO";
    String PROD_HOME = "HOME";
    String COV_LIAB = "LIAB";
    String COV_COLL = "COLL";
    String COV_GLAS = "GLAS";
    String COV_FIRE = "FIRE";
    String COV_WATR = "WATR";

    // claim status
    String CLM_NEW = "NEW";
    String CLM_OPEN = "OPEN";
    String CLM_WAIT = "WAIT";
    String CLM_CLOSED = "CLSD";
    String CLM_REJECTED = "REJ";
    String CLM_REOPENED = "REOP";

    // reserve types
    String RES_INDEMNITY = "INDM";
    String RES_EXPENSE = "EXPN";
    String RES_LEGAL = "LEGL";

    // payment status
    String PAY_NEW = "NEW";
    String PAY_APPROVED = "APPR";
    String PAY_SENT = "SENT";
    String PAY_PAID = "PAID";
    String PAY_REVERSED = "REVD";
    String PAY_REJECTED = "REJ";

    // payment methods
    String METHOD_BANK = "B";
    String METHOD_CHEQUE = "C";

    // payee kinds
    String PAYEE_PERSON = "P";
    String PAYEE_SHOP = "S";
    String PAYEE_LAWYER = "L";

    // repair orders
    String REP_ORDERED = "ORDERED";
    String REP_ESTIMATED = "ESTIMATED";
    String REP_DONE = "DONE";
    String REP_REFUSED = "REFUSED";

    // roles
    String ROLE_CLERK = "CLERK";
    String ROLE_ADJUSTER = "ADJUSTER";
    String ROLE_CASHIER = "CASHIER";
    String ROLE_MANAGER = "MANAGER";
    String ROLE_ADMIN = "ADMIN";

    // names of session attributes
    String SES_USER = "usr";
    String SES_WIZARD = "fnolWizard";
    String SES_PENDING_PAYMENT = "pendingPayment";
    String SES_LAST_CLAIM = "lastClaimId";

    /** above this a manager must approve, dollars */
    double APPROVAL_LIMIT = 10000.00;

    int MAX_ROWS = 200;
}
