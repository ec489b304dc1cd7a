<%@ page contentType="text/html; charset=UTF-8" import="java.util.*, com.harborline.claims.model.*" %>
<%@ include file="head.jsp" %>
<%
  Claim clm = (Claim) request.getAttribute("claim");
  String post = "<form method=\"post\" action=\"" + ctx + "/claim\"><input type=\"hidden\" name=\"id\" value=\"" + clm.getClaimId() + "\">";
%>
<%= request.getAttribute("summary") %>
<p><%= Utils.html(clm.getDescription()) %></p>
<p>
<a href="<%= ctx %>/policy?id=<%= clm.getPolicyId() %>">Policy</a>
<a href="<%= ctx %>/reserve?claimId=<%= clm.getClaimId() %>">Reserves</a>
<a href="<%= ctx %>/document?claimId=<%= clm.getClaimId() %>">Documents (<%= ((List) request.getAttribute("documents")).size() %>)</a>
<a href="<%= ctx %>/payment?claimId=<%= clm.getClaimId() %>">New payment</a>
<a href="<%= ctx %>/repair?claimId=<%= clm.getClaimId() %>">Repair</a>
<a href="<%= ctx %>/claimClose.do?id=<%= clm.getClaimId() %>">Close</a>
</p>
<h2>Payments</h2>
<table>
<% for (Iterator it = ((List) request.getAttribute("payments")).iterator(); it.hasNext();) { Payment pay = (Payment) it.next(); %>
<tr><td><%= pay.getPaymentId() %></td><td><%= Utils.fmtCents(pay.getAmountCents()) %></td><td><%= pay.getStatus() %></td>
<td><a href="<%= ctx %>/reversal?id=<%= pay.getPaymentId() %>">reverse</a>
<% if ("C".equals(pay.getMethod()) && "APPR".equals(pay.getStatus())) { %><a href="<%= ctx %>/cheque?id=<%= pay.getPaymentId() %>">cheque</a><% } %></td></tr>
<% } %>
</table>
<h2>Repairs</h2>
<% for (Iterator it = ((List) request.getAttribute("repairs")).iterator(); it.hasNext();) { RepairOrder o = (RepairOrder) it.next(); %>
<%= o.getPartnerRef() %> <%= o.getStatus() %> <%= Utils.fmtCents(o.getEstimateCents()) %><br>
<% } %>
<h2>Notes</h2>
<% for (Iterator it = ((List) request.getAttribute("notes")).iterator(); it.hasNext();) { ClaimNote n = (ClaimNote) it.next(); %>
<%= Utils.fmtDateTime(n.getCreatedOn()) %> <%= n.getCreatedBy() %>: <%= Utils.html(n.getNoteText()) %><br>
<% } %>
<%= post %><input name="text" size="60"><button name="what" value="note">Note</button>
<input name="due" size="10"><button name="what" value="diary">Diary</button></form>
<%= post %>Status <input name="status" size="4"><button name="what" value="status">Set</button></form>
<%= post %>Payee <input name="payee"> <input name="amount" size="8"><button name="what" value="quickPay">Quick payment</button></form>
<%= post %>Value <input name="value" size="8"><button name="what" value="totalLoss">Total loss</button></form>
<%= post %>Other claim <input name="other" size="8"><button name="what" value="merge">Merge into this</button></form>
<%= post %><input name="street"><input name="postcode" size="6"><input name="city"><button name="what" value="address">New address</button></form>
<%@ include file="foot.jsp" %>
