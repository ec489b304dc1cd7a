package com.harborline.claims.service;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.dao.ClaimNoteDao;
import com.harborline.claims.dao.RepairDao;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.RepairOrder;
import com.harborline.claims.model.RepairShop;
import com.harborline.claims.soap.RepairNetClient;
import com.harborline.claims.soap.SoapException;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/**
 * Repairs in the partner network. The partner is asked while the clerk waits;
 * when he does not answer within 30 seconds the page fails.
 *
 * @author dok
 */
public class RepairService implements IConstants {

    private final RepairDao repairDao = new RepairDao();
    private final ClaimNoteDao noteDao = new ClaimNoteDao();
    private final RepairNetClient client;

    public RepairService() {
        this(new RepairNetClient());
    }

    public RepairService(RepairNetClient client) {
        this.client = client;
    }

    public RepairOrder order(long claimId, String shopCode, String damage, String who) throws AppException {
        Claim claim = ClaimDao.getInstance().load(claimId);
        if (claim == null || !Utils.isClaimOpen(claim.getStatus())) {
            throw new AppException("N-101", "claim is not open");
        }
        if (!COV_COLL.equals(claim.getLossType()) && !COV_GLAS.equals(claim.getLossType())) {
            throw new AppException("N-102", "no repair for " + claim.getLossType());
        }
        try {
            RepairShop shop = repairDao.findShop(shopCode);
            if (shop == null) {
                throw new AppException("N-103", "unknown shop " + shopCode);
            }
            long limit = Utils.toCents(ReserveService.getInstance().openAmount(claimId));
            RepairOrder o = client.placeOrder(shopCode, claim.getClaimNo(), damage, limit);
            o.setClaimId(claimId);
            o.setShopId(shop.getShopId());
            repairDao.insertOrder(o);
            DbUtil.update("UPDATE CLAIM SET REPAIR_STATE = ? WHERE CLAIM_ID = ?", o.getStatus(), claimId);
            noteDao.add(claimId, "repair ordered at " + shop.getShopName() + ", " + o.getPartnerRef(), who);
            return o;
        } catch (SoapException e) {
            throw new AppException("N-800", "repair network: " + e.getMessage(), e);
        } catch (SQLException e) {
            // the partner has the order, we do not (CLM-2466)
            throw new AppException("N-900", "order not saved", e);
        }
    }

    /** Asks for the state of all running orders. Returns the number of changes. */
    public int poll() {
        int changes = 0;
        try {
            for (RepairOrder o : repairDao.findRunning()) {
                try {
                    RepairOrder now = client.orderStatus(o.getPartnerRef());
                    if (now.getStatus().equals(o.getStatus()) && now.getEstimateCents() == o.getEstimateCents()) {
                        continue;
                    }
                    o.setStatus(now.getStatus());
                    o.setEstimateCents(now.getEstimateCents());
                    repairDao.updateOrder(o);
                    DbUtil.update("UPDATE CLAIM SET REPAIR_STATE = ? WHERE CLAIM_ID = ?", o.getStatus(), o.getClaimId());
                    noteDao.add(o.getClaimId(), "repair " + o.getPartnerRef() + " is " + o.getStatus(), "repairnet");
                    changes++;
                } catch (SoapException e) {
                    Log.warn("repair order " + o.getPartnerRef() + ": " + e.getMessage());
                }
            }
        } catch (SQLException e) {
            Log.error("poll", e);
        }
        return changes;
    }

    /** Reads the shops of a city from the partner. A new shop becomes a payee. */
    public int importShops(String city) throws AppException {
        int added = 0;
        try {
            for (RepairShop s : client.listShops(city)) {
                if (repairDao.findShop(s.getShopCode()) != null) {
                    repairDao.updateShop(s);
                    continue;
                }
                long payeeId = DbUtil.nextKey("PAYEE");
                DbUtil.update("INSERT INTO PAYEE (PAYEE_ID, PAYEE_NAME, PAYEE_KIND, ADDRESS) VALUES (?,?,?,?)",
                        payeeId, s.getShopName(), PAYEE_SHOP, s.getCity());
                s.setPayeeId(payeeId);
                repairDao.insertShop(s);
                added++;
            }
        } catch (SoapException e) {
            throw new AppException("N-800", "repair network: " + e.getMessage(), e);
        } catch (SQLException e) {
            throw new AppException("N-901", "shops not saved", e);
        }
        return added;
    }

    public List<RepairOrder> ordersOf(long claimId) {
        try {
            return repairDao.findByClaim(claimId);
        } catch (SQLException e) {
            Log.error("repair orders of " + claimId, e);
            return new ArrayList<RepairOrder>();
        }
    }

    public List<RepairShop> shops(String city) throws AppException {
        try {
            return Utils.isEmpty(city) ? repairDao.findAllShops() : repairDao.findShops(city);
        } catch (SQLException e) {
            throw new AppException("N-902", "shops not read", e);
        }
    }
}
