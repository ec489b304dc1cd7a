<%@ page contentType="text/html; charset=UTF-8" import="java.util.*, com.harborline.claims.dao.PayeeDao, com.harborline.claims.model.Payee" %>
<%@ include file="head.jsp" %>
<h1>New payment</h1>
<form method="post" action="<%= ctx %>/payment">
<input type="hidden" name="claimId" value="<%= request.getAttribute("claimId") %>">
<select name="payeeId">
<%
  // all of them, the list was short in 2012
  for (Payee pe : new PayeeDao().search("")) {
%>
<option value="<%= pe.getPayeeId() %>"><%= Utils.html(pe.getPayeeName()) %> <%= Utils.maskAccount(pe.getAccountNo()) %></option>
<% } %>
</select>
<select name="type"><option>INDM</option><option>EXPN</option><option>LEGL</option></select>
<select name="method"><option value="B">bank</option><option value="C">cheque</option></select>
<input name="amount"> <button name="what" value="enter">Next</button>
</form>
<%@ include file="foot.jsp" %>
